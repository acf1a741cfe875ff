#pragma once
#include "model/error.h"
#include "model/queries.h"
#include "scheduler/store/read_session.h"

namespace dray::store {

/// All children of an array with their states and why they failed. NotFound when there is no such
/// array. Throws SqlError.
Result<ChildrenView> view_children(ReadSession& session, const Uuid& array);

}  // namespace dray::store
