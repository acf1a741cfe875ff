#include <mutex>
#include <utility>

#include "scheduler/service/backend.h"

/// Arrays that are run again: the core has forgotten those that have ended, the disk has not.
namespace dray {

Result<std::uint32_t> ServiceBackend::rerun(Uuid array, ChildRuns children) {
  // What was read from disk stays true until the core has taken it.
  const std::lock_guard lock(ended_jobs_);
  ChildrenRerunAsked event{array, std::move(children), std::nullopt};
  // It may leave the State in between, once.
  for (int round = 0; round < 3; ++round) {
    const Result<Reply> reply = ask(event);
    if (!reply) {
      return tl::unexpected(reply.error());
    }
    if (const auto* accepted = std::get_if<RerunAccepted>(&*reply)) {
      return accepted->children;
    }
    Result<std::optional<EndedArray>> known = reader_.ended_array(array);
    if (!known) {
      return tl::unexpected(known.error());
    }
    if (!*known) {
      return refuse(ErrorCode::NotFound, "There is no array job of this id");
    }
    event.known = std::move(*known);
  }
  return refuse(ErrorCode::Unavailable, "The array is changing. Try again.");
}

}  // namespace dray
