#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/arn.h"
#include "api/wire/batch_environments.h"
#include "model/catalogue.h"
#include "model/error.h"
#include "model/queries.h"

/// Service environments, quota shares and service jobs: AWS's way to SageMaker. Dray keeps and
/// shows the first two and has none of the third.
namespace dray::wire {

Result<CatalogueEntry> decode_create_service_environment(std::string_view body);
/// The name that an update or delete is about.
Result<std::string> decode_service_environment_name(std::string_view operation,
                                                    std::string_view body);
Result<EntryUpdate> decode_update_service_environment(std::string_view body,
                                                      const CatalogueEntry& current);
Result<NamesAsked> decode_describe_service_environments(std::string_view body);
/// The answer of create and update.
std::string encode_service_environment_names(const ArnScope& scope, const EntryKey& key);
std::string encode_service_environments(const ArnScope& scope, const PageOf<CatalogueEntry>& page);

Result<CatalogueEntry> decode_create_quota_share(std::string_view body);
/// "QUEUE/NAME" of the ARN that a describe, update or delete is about; empty when it is no share's.
Result<std::string> decode_quota_share_name(std::string_view operation, std::string_view body);
Result<EntryUpdate> decode_update_quota_share(std::string_view body, const CatalogueEntry& current);
struct QuotaSharesAsked {
  std::string queue;
  Page page;
};
Result<QuotaSharesAsked> decode_list_quota_shares(std::string_view body);
/// The answer of create and update.
std::string encode_quota_share_names(const ArnScope& scope, const EntryKey& key);
std::string encode_quota_share(const ArnScope& scope, const CatalogueEntry& share);
std::string encode_quota_shares(const ArnScope& scope, const PageOf<CatalogueEntry>& page);

/// Whether the request is a good one; what it asks for is not here.
Result<void> check_submit_service_job(std::string_view body);
/// The id in a describe, update or terminate (`operation` as AWS writes it).
Result<std::string> decode_service_job_id(std::string_view operation, std::string_view body);
Result<std::vector<std::string>> decode_terminate_service_jobs(std::string_view body);
/// The queue asked for; empty when none is named.
Result<std::string> decode_list_service_jobs(std::string_view body);
std::string encode_no_service_jobs();

}  // namespace dray::wire
