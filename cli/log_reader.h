#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "api/client/client.h"
#include "cli/log_printer.h"
#include "model/instant.h"

namespace dray::cli {

/// Reads the log of one job or child from where it was left, attempt after attempt.
class LogReader {
 public:
  /// Without `attempt` the latest one, and those that follow it.
  LogReader(std::string id, std::optional<std::int32_t> child, std::optional<std::uint32_t> attempt)
      : id_(std::move(id)), child_(child), only_(attempt) {}

  /// Prints everything that is new. True when there was something. No log yet is no failure.
  client::Reply<bool> read(client::Client& client, LogPrinter& printer, Instant now);

  /// Whether nothing can follow, now that the job has ended or not. The last bytes of a log whose
  /// agent is lost may never come: after 5 s without any, it counts as over.
  [[nodiscard]] bool is_over(bool job_has_ended, Instant now);
  /// True when it is over because the rest did not come.
  [[nodiscard]] bool is_rest_missing() const { return is_rest_missing_; }
  /// True when the scheduler knew no log, as of the last question.
  [[nodiscard]] bool is_absent() const { return is_absent_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] std::optional<std::int32_t> child() const { return child_; }

 private:
  client::Reply<bool> read_attempt(client::Client& client, LogPrinter& printer);
  [[nodiscard]] bool may_follow_on(Instant now);
  std::string id_;
  std::optional<std::int32_t> child_;
  std::optional<std::uint32_t> only_;
  std::uint32_t attempt_ = 0;  ///< 0: none was found yet.
  std::uint64_t offset_ = 0;
  bool is_complete_ = false;
  bool is_absent_ = false;
  std::optional<Instant> quiet_since_;
  std::optional<Instant> stalled_since_;  ///< A later attempt exists, and this one brings nothing.
  bool is_rest_missing_ = false;
};

}  // namespace dray::cli
