#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <optional>

#include "scheduler/core/state.h"

namespace dray {

/// Where something stands in the order of dispatch: by queue priority, then by age. Smaller is
/// sooner.
struct Standing {
  std::int64_t below_top = 0;  ///< The negated priority of the queue.
  JobKey job;
  auto operator<=>(const Standing&) const = default;
};
[[nodiscard]] Standing standing_of(const State& state, const RequestClass& request_class,
                                   const JobKey& job);

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
  [[nodiscard]] bool is_done() const { return job_ == class_->waiting.end(); }
  [[nodiscard]] JobKey head() const { return {job_->first, child_}; }
  /// The next of them, at most `most`, all of one job and all before `limit`.
  JobRun take(std::int64_t most, const std::optional<JobKey>& limit);

 private:
  void enter_job();
  ClassId id_;
  const RequestClass* class_;
  std::map<JobId, ChildSet>::const_iterator job_;
  ChildSet::Runs::const_iterator run_;
  std::int32_t child_ = kNoChild;
};

}  // namespace dray
