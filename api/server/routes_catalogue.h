#pragma once
#include "api/server/routes.h"

/// What AWS Batch keeps by name beside environments, queues and definitions.
namespace dray::server {

/// Scheduling policies and consumable resources; null when it is none of theirs.
Operation catalogue_operation(std::string_view name);
/// Service environments, quota shares and service jobs.
Operation service_operation(std::string_view name);

/// One entry, or NotFound in AWS's words ("SchedulingPolicy x does not exist").
Result<CatalogueEntry> find_entry(api::Backend& backend, const EntryKey& key);
/// What pages of entries are ordered by.
std::string entry_page_key(const CatalogueEntry& entry);
/// The answer to what only succeeds or fails.
Result<std::string> answer_done(const Result<void>& done);
/// Of a table of operations.
template <class Table>
Operation find_operation(const Table& table, std::string_view name) {
  for (const auto& [operation, function] : table) {
    if (operation == name) {
      return function;
    }
  }
  return nullptr;
}

}  // namespace dray::server
