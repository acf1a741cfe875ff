#include "scheduler/core/array.h"

#include "model/check.h"

namespace dray {
namespace {
std::size_t slot(ChildState state) {
  return static_cast<std::size_t>(as_job_state(state));
}
}  // namespace

JobState as_job_state(ChildState state) {
  switch (state) {
    case ChildState::Pending:
      return JobState::Pending;
    case ChildState::Runnable:
    case ChildState::Ahead:
      return JobState::Runnable;
    case ChildState::Starting:
      return JobState::Starting;
    case ChildState::Running:
      return JobState::Running;
    case ChildState::Succeeded:
      return JobState::Succeeded;
    case ChildState::Failed:
      return JobState::Failed;
  }
  check_failed("a ChildState", __FILE__, __LINE__);
}

Array::Array(std::int32_t size)
    : states_(static_cast<std::size_t>(size), ChildState::Pending),
      attempts_(static_cast<std::size_t>(size), 0) {
  counts_[slot(ChildState::Pending)] = static_cast<std::uint32_t>(size);
}

bool Array::has_ended() const {
  return counts_[slot(ChildState::Succeeded)] + counts_[slot(ChildState::Failed)] == states_.size();
}

bool Array::has_failed() const {
  return counts_[slot(ChildState::Failed)] > 0;
}

void Array::revive(std::int32_t child) {
  ChildState& state = states_[index(child)];
  CHECK(state == ChildState::Failed);
  --counts_[slot(state)];
  state = ChildState::Pending;
  ++counts_[slot(state)];
  count_from(child, attempts(child));
}

void Array::count_from(std::int32_t child, std::uint8_t number) {
  if (before_.empty() && number > 0) {
    before_.resize(states_.size());
  }
  if (!before_.empty()) {
    before_[index(child)] = number;
  }
}

void Array::move(std::int32_t child, ChildState to) {
  ChildState& state = states_[index(child)];
  CHECK(!is_terminal(state));
  --counts_[slot(state)];
  ++counts_[slot(to)];
  state = to;
}

}  // namespace dray
