#include "scheduler/store/children_view.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "scheduler/store/child_walk.h"
#include "scheduler/store/job_details.h"

namespace dray::store {
namespace {

constexpr std::size_t kRetriedMax = 1'000;
constexpr std::size_t kCausesMax = 50;
constexpr std::size_t kRunsMax = 200;  ///< Of one cause.

/// Failed children, by what they failed for.
class Causes {
 public:
  void add(const Job& parent, const ChildRecord& record, std::int32_t child) {
    FailureCause cause;
    if (record.latest && record.latest->end) {
      cause.exit_code = record.latest->end->exit_code;
      cause.reason = record.latest->end->reason;
    }
    cause.status_reason = child_job(parent, record, JobState::Failed).status_reason;
    FailureCause& known =
        causes_.try_emplace({cause.exit_code, cause.reason, cause.status_reason}, cause)
            .first->second;
    ++known.count;
    if (!known.runs.empty() && known.runs.back().second == child - 1) {
      known.runs.back().second = child;
    } else if (known.runs.size() < kRunsMax) {
      known.runs.emplace_back(child, child);
    }
  }

  void put_into(ChildrenView& view) && {
    for (auto& [key, cause] : causes_) {
      view.causes.push_back(std::move(cause));
    }
    std::stable_sort(view.causes.begin(), view.causes.end(),
                     [](const auto& a, const auto& b) { return a.count > b.count; });
    for (; view.causes.size() > kCausesMax; view.causes.pop_back()) {
      view.causes_left_out += view.causes.back().count;
    }
  }

 private:
  using Key = std::tuple<std::optional<std::int32_t>, std::string, std::string>;
  std::map<Key, FailureCause> causes_;
};

}  // namespace

Result<ChildrenView> view_children(ReadSession& session, const Uuid& array) {
  const auto parent = find_job(session, array);
  if (!parent || !parent->job.spec->is_array()) {
    return refuse(ErrorCode::NotFound, "There is no array job of this id");
  }
  ChildrenView view;
  view.uuid = array;
  const std::int32_t size = parent->job.spec->array_size;
  view.states.reserve(static_cast<std::size_t>(size));
  ChildWalk walk(session.database, parent->job.id, 0);
  WaitingChildren waiting(session.database, parent->job, parent->counts, 0);
  // What child_job takes from it is little: not the whole spec for each failed child.
  Job bare = parent->job;
  bare.spec.reset();
  Causes causes;
  for (std::int32_t child = 0; child < size; ++child) {
    const ChildRecord record = walk.at(child);
    const auto recorded = record.state();
    const JobState state = recorded ? *recorded : waiting.state(child);
    view.states.push_back(state);
    if (record.attempts_made > 1) {
      ++view.retried_count;
      if (view.retried.size() < kRetriedMax) {
        view.retried.emplace_back(child, record.attempts_made);
      }
    }
    if (state == JobState::Failed) {
      causes.add(bare, record, child);
    }
  }
  std::move(causes).put_into(view);
  return view;
}

}  // namespace dray::store
