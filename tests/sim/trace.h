#pragma once
#include <cstdint>
#include <deque>
#include <string>

#include "model/attempt.h"
#include "model/instant.h"
#include "model/link_messages.h"

namespace dray::sim {

/// What happened, line by line: the last ones are kept for a failure, all are printed on demand.
/// The hash over all lines tells whether two runs were the same run.
class Trace {
 public:
  explicit Trace(bool is_printed) : is_printed_(is_printed) {}
  void line(Instant at, const std::string& text);
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::uint64_t lines() const { return lines_; }
  /// The last lines, oldest first.
  [[nodiscard]] std::string tail() const;

 private:
  bool is_printed_;
  std::deque<std::string> last_;
  std::uint64_t hash_ = 14695981039346656037ULL;
  std::uint64_t lines_ = 0;
};

/// "12.3", "12[4].3": job, child and attempt number.
std::string to_text(const AttemptKey& key);
std::string to_text(const JobKey& key);
/// One line for a message of the link.
std::string to_text(const AgentMessage& message);
std::string to_text(const SchedulerMessage& message);

}  // namespace dray::sim
