#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/arn.h"
#include "model/catalogue.h"
#include "model/error.h"
#include "model/queries.h"

/// Scheduling policies as AWS Batch writes them (contract 2.7). They have no other names than ARNs.
namespace dray::wire {

Result<CatalogueEntry> decode_create_policy(std::string_view body);
/// The name in the ARN that an update or delete is about; empty when it is no policy's.
Result<std::string> decode_policy_name(std::string_view operation, std::string_view body);
/// `current` is what is there: the update carries the whole new echo.
Result<EntryUpdate> decode_update_policy(std::string_view body, const CatalogueEntry& current);
/// AWS: at most 100. Those that are no policy's ARN are left out.
Result<std::vector<std::string>> decode_describe_policies(std::string_view body);
Result<Page> decode_list_policies(std::string_view body);

std::string encode_policy_created(const ArnScope& scope, const EntryKey& key);
std::string encode_policies(const ArnScope& scope, const std::vector<CatalogueEntry>& policies);
std::string encode_policy_list(const ArnScope& scope, const PageOf<CatalogueEntry>& page);

}  // namespace dray::wire
