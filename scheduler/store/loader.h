#pragma once
#include <functional>

#include "model/error.h"
#include "scheduler/core/decision.h"
#include "scheduler/store/database.h"

namespace dray::store {

/// Tells the rows as changes, in the order that `dray::apply` needs: environments, queues,
/// definitions, agents, keys, the catalogue, the use of shares (of age zero), the last session,
/// JobRetired of the newest job when it has ended; then, by id, every job that has not ended and
/// every ended one that such a job depends on: JobAdded as it now is, its ChildrenEnded, its
/// attempts by child and number. Refuses rows that cannot be (a broken spec) with a sentence for
/// the operator.
Result<void> load(Database& database, const std::function<void(const Change&)>& take);

}  // namespace dray::store
