#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "api/wire/arn.h"
#include "model/catalogue.h"
#include "model/error.h"
#include "model/queries.h"

/// Consumable resources as AWS Batch writes them (contract 2.8).
namespace dray::wire {

Result<CatalogueEntry> decode_create_consumable(std::string_view body);
/// The name that a describe or delete is about.
Result<std::string> decode_consumable_name(std::string_view operation, std::string_view body);
Result<QuantityChange> decode_update_consumable(std::string_view body);

struct ConsumablesAsked {
  std::string name;  ///< Lower case; a final '*' stands for anything; empty: all.
  Page page;
};
Result<ConsumablesAsked> decode_list_consumables(std::string_view body);
bool is_asked_for(const ConsumablesAsked& asked, std::string_view name);

/// The search that ListJobsByConsumableResource asks for.
struct ConsumableJobsAsked {
  JobSearch search;
  Page page;
};
Result<ConsumableJobsAsked> decode_list_consumable_jobs(std::string_view body);
/// All of `page` take of the resource.
std::string encode_consumable_jobs(const ArnScope& scope, std::string_view resource,
                                   const PageOf<JobSummary>& page);

/// The answer of create.
std::string encode_consumable_names(const ArnScope& scope, const EntryKey& key);
/// The answer of update.
std::string encode_consumable_total(const ArnScope& scope, const EntryKey& key, std::int64_t total);
/// What running jobs hold, by name of the resource.
using QuantitiesInUse = std::map<std::string, std::int64_t>;
std::string encode_consumable(const ArnScope& scope, const CatalogueEntry& consumable,
                              const QuantitiesInUse& in_use);
std::string encode_consumables(const ArnScope& scope, const PageOf<CatalogueEntry>& page,
                               const QuantitiesInUse& in_use);

}  // namespace dray::wire
