#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "model/explanation.h"
#include "scheduler/core/run_limits.h"
#include "scheduler/core/state.h"
#include "scheduler/core/waiting_line.h"

namespace dray {

/// What waits and is started before a job wherever it finds room too.
class OlderJobs {
 public:
  /// `out` is the job's explanation, with its position if it has one.
  OlderJobs(const State& state, const JobEntry& entry, const Explanation& out, Instant now);
  /// Whether one of them could take an agent of `environment` that has `whole` when it is empty.
  [[nodiscard]] bool compete_for(const std::string& environment, const Resources& whole) const;
  /// Whether room of that agent is kept for one of them.
  [[nodiscard]] bool keep(const AgentEntry& agent) const;
  /// As far as they are counted: 0 when nobody knows.
  [[nodiscard]] std::uint64_t count() const { return position_ > 0 ? position_ - 1 : 0; }
  /// "job X before it", "the 3 jobs before it".
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] bool is_before(const RequestClass& other) const;
  [[nodiscard]] bool may_start(const RequestClass& other) const;
  [[nodiscard]] bool share_more(const RequestClass& other, const std::string& environment) const;
  [[nodiscard]] bool are_moving(const std::string& environment) const;
  const State& state_;
  const RequestClass& own_class_;
  ClassId own_class_id_;
  Instant now_;
  Standing own_;
  std::uint64_t position_;
  RunsLeft runs_left_;
  std::vector<const RequestClass*> classes_;
  bool is_strict_ = false;           ///< What waits in its queue before it blocks it anyhow.
  bool is_behind_in_queue_ = false;  ///< Of a strict queue.
};

}  // namespace dray
