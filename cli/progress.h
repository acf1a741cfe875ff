#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/wire/client_views.h"
#include "cli/terminal.h"
#include "model/instant.h"

namespace dray::cli {

/// How far jobs are; children of arrays count one by one, parents not.
struct ProgressCounts {
  std::uint64_t total = 0;
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t running = 0;  ///< STARTING and RUNNING.
  [[nodiscard]] std::uint64_t done() const { return succeeded + failed; }
  bool operator==(const ProgressCounts&) const = default;
};

ProgressCounts counts_of(const std::vector<wire::JobView>& jobs);

/// Decides what to write about progress and when: one line that is drawn over on a terminal;
/// otherwise a plain line at each 10 % and every 10 s.
class ProgressLines {
 public:
  /// `columns` 0: no terminal.
  ProgressLines(std::size_t columns, bool with_color)
      : columns_(columns), with_color_(with_color) {}

  /// The line for these counts, without its end; nothing when none is due.
  std::optional<std::string> next(const ProgressCounts& counts, Instant now);

 private:
  [[nodiscard]] std::string bar_line(const ProgressCounts& counts, Instant now) const;
  [[nodiscard]] std::string plain_line(const ProgressCounts& counts, Instant now) const;
  [[nodiscard]] std::string pace_text(const ProgressCounts& counts, Instant now) const;
  std::size_t columns_;
  bool with_color_;
  std::optional<Instant> began_;
  std::uint64_t done_at_begin_ = 0;
  std::optional<ProgressCounts> shown_;
  Instant shown_at_;
};

/// Writes those lines to stderr.
class Progress {
 public:
  explicit Progress(const Terminal& terminal);
  void show(const ProgressCounts& counts, Instant now);
  /// Leaves the line as it is and goes to the next; needed before anything else is said.
  void finish();

 private:
  bool is_tty_;
  bool is_line_open_ = false;
  ProgressLines lines_;
};

}  // namespace dray::cli
