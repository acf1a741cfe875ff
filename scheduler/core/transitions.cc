#include "scheduler/core/transitions.h"

namespace dray {

bool may_move(JobState from, JobState to) {
  switch (from) {
    case JobState::Submitted:
      return to == JobState::Pending || to == JobState::Runnable || to == JobState::Failed;
    case JobState::Pending:
      return to == JobState::Pending || to == JobState::Runnable || is_terminal(to);
    case JobState::Runnable:
    case JobState::Starting:
      return to >= JobState::Runnable;
    case JobState::Running:
      return to == JobState::Runnable || to >= JobState::Running;
    case JobState::Succeeded:
    case JobState::Failed:
      return false;
  }
  return false;
}

bool may_move(std::optional<AttemptState> from, AttemptState to) {
  if (!from) {
    return to == AttemptState::Ahead || to == AttemptState::Starting;
  }
  switch (*from) {
    case AttemptState::Ahead:
    case AttemptState::Starting:
      return true;
    case AttemptState::Running:
      return to >= AttemptState::Running;
    case AttemptState::Ended:
      return false;
  }
  return false;
}

}  // namespace dray
