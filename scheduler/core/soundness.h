#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "scheduler/core/decision.h"

namespace dray {

/// Looks at rows before recovery applies them: each may be whole and still not fit the others,
/// after a disk that changed a bit or a hand that changed a row. What the core would break on is
/// told as a sentence for the operator.
class Soundness {
 public:
  /// What is wrong with the next change of a recovery, in the order in which they are told; nothing
  /// when it may be applied.
  std::optional<std::string> problem_with(const Change& change);

 private:
  struct Room {
    Resources capacity;
    Resources reserved;
  };
  std::optional<std::string> look_at(const Agent& agent);
  std::optional<std::string> look_at(const SessionGranted& granted);
  std::optional<std::string> look_at(const Job& job);
  std::optional<std::string> look_at(const ChildrenEnded& ended);
  std::optional<std::string> look_at(const Attempt& attempt);
  static std::optional<std::string> look_at(const ShareUsed& used);
  std::optional<std::string> look_at_place(const Attempt& attempt);

  std::map<AgentId, Room> agents_;
  SessionId last_session_;  ///< Of all agents.
  // The job that was told last.
  JobId job_;
  std::int32_t size_ = 0;  ///< Zero: no array.
  bool has_ended_ = false;
  std::shared_ptr<const JobSpec> spec_;
  JobKey growing_;                ///< Whose attempts were told last,
  std::int64_t memory_mib_ = 0;   ///< and what the next of them asks for.
  std::optional<JobKey> living_;  ///< The child, or the job, whose last attempt lives.
};

}  // namespace dray
