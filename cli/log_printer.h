#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cli/terminal.h"
#include "model/log_record.h"

namespace dray::cli {

struct LogFilter {
  bool with_output = true;
  bool with_errors = true;
};

/// Writes log records where they belong: the job's stdout to stdout, its stderr and Dray's notes to
/// stderr. With `prefixes` whole lines of many children are merged, each with "[12] " before it;
/// a line that grows over 64 KiB is broken there.
class LogPrinter {
 public:
  LogPrinter(const Terminal& terminal, LogFilter filter, bool prefixes)
      : terminal_(terminal), filter_(filter), prefixes_(prefixes) {}

  /// False when the records are broken.
  bool print(std::string_view records, std::optional<std::int32_t> child);
  /// Lines without an end, of a child that will write no more (or of all).
  void finish(std::optional<std::int32_t> child);
  /// What was written is seen now.
  void flush();

 private:
  void print_record(const LogRecord& record, std::optional<std::int32_t> child);
  void print_lines(LogStream stream, std::int32_t child, std::string_view bytes);
  void print_line(LogStream stream, std::int32_t child, std::string_view line);
  Terminal terminal_;
  LogFilter filter_;
  bool prefixes_;
  std::map<std::pair<std::int32_t, LogStream>, std::string> begun_;  ///< Lines without an end.
  std::string out_;
};

}  // namespace dray::cli
