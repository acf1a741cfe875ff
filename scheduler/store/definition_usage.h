#pragma once
#include <optional>

#include "model/usage.h"
#include "scheduler/store/read_session.h"

namespace dray::store {

/// Of the newest jobs of a definition: a bounded number of their attempts, of arrays some children
/// all over them. Nothing when there is no such definition or revision. Throws SqlError.
std::optional<DefinitionUsage> definition_usage(ReadSession& session, const UsageQuery& query);

}  // namespace dray::store
