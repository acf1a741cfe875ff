#pragma once
#include <optional>

#include "scheduler/core/event.h"
#include "scheduler/store/read_session.h"

namespace dray::store {

/// The job with its children as they stand, for a core that has forgotten it: nothing when it is
/// not there or has not ended. A single job comes without children.
std::optional<EndedArray> image_of_ended(ReadSession& session, const Uuid& uuid);

}  // namespace dray::store
