#pragma once
#include "model/error.h"
#include "scheduler/store/database.h"

namespace dray::store {

/// Brings the schema to the newest this program knows, forward only, each step in one transaction
/// (`PRAGMA user_version` says how far it is). Refuses a newer schema and a database that is not
/// Dray's. Throws SqlError.
Result<void> migrate(Database& database);

}  // namespace dray::store
