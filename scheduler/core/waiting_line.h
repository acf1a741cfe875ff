#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <optional>

#include "scheduler/core/state.h"

namespace dray {

/// Where something stands in the order of dispatch: by priority, then by how far it has risen by
/// waiting, then by age. Smaller is sooner.
struct Standing {
  /// The queue's priority, then the job's own (that of a fair-share queue counts within its share
  /// alone), negated, as one number.
  std::int64_t below_top = 0;
  std::int64_t below_risen = 0;  ///< Negated steps (scheduler/core/ageing.h).
  JobKey job;
  auto operator<=>(const Standing&) const = default;
};
[[nodiscard]] std::int64_t below_top(const State& state, const RequestClass& request_class);
[[nodiscard]] Standing standing_of(const State& state, const RequestClass& request_class,
                                   const JobKey& job, Instant now);
/// When it is known already when the job was submitted.
[[nodiscard]] Standing standing_of(const State& state, const RequestClass& request_class,
                                   const JobKey& job, Instant submitted, Instant now);

/// Some children of one job, or the job itself.
struct JobRun {
  JobId job;
  std::int32_t first = kNoChild;
  std::int32_t last = kNoChild;
};

/// Walks the waiting jobs of one class, oldest first, without touching them.
class WaitingLine {
 public:
  WaitingLine(ClassId id, const RequestClass& request_class);
  [[nodiscard]] ClassId id() const { return id_; }
  [[nodiscard]] const RequestClass& request_class() const { return *class_; }
  [[nodiscard]] const Resources& request() const { return class_->key.request; }
  [[nodiscard]] bool is_done() const {
    return job_ == class_->waiting.end() || (end_ && !(head() < *end_));
  }
  [[nodiscard]] JobKey head() const { return {job_->first, child_}; }
  /// From this one on it is as if there were none; this one and its like are not the next.
  void end_before(const JobKey& key) { end_ = key; }
  /// The next of them, at most `most`, all of one job and all before `limit`.
  JobRun take(std::int64_t most, const std::optional<JobKey>& limit);

 private:
  void enter_job();
  ClassId id_;
  const RequestClass* class_;
  std::map<JobId, RequestClass::Waiting>::const_iterator job_;
  ChildSet::Runs::const_iterator run_;
  std::int32_t child_ = kNoChild;
  std::optional<JobKey> end_;
};

}  // namespace dray
