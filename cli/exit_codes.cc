#include "cli/exit_codes.h"

#include <algorithm>

namespace dray::cli {

int exit_code_of(const client::Failure& failure) {
  switch (failure.kind) {
    case client::FailureKind::Unreachable:
      return kUnreachable;
    case client::FailureKind::NotFound:
      return kNotFound;
    case client::FailureKind::NotAllowed:
      return kNotAllowed;
    case client::FailureKind::Unavailable:
    case client::FailureKind::Refused:
    case client::FailureKind::Unreadable:
      return kFailed;
  }
  return kFailed;
}

int exit_code_of(const std::vector<wire::JobView>& ended) {
  const bool all_succeeded = std::all_of(ended.begin(), ended.end(), [](const wire::JobView& job) {
    return job.state == JobState::Succeeded;
  });
  if (all_succeeded) {
    return kDone;
  }
  if (ended.size() > 1 || ended.front().is_array()) {
    return kSomeFailed;
  }
  const int code = ended.front().exit_code.value_or(0);
  return code == 0 ? kNoExitCode : code & 0xff;
}

}  // namespace dray::cli
