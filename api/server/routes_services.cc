#include <array>
#include <utility>

#include "api/server/routes_catalogue.h"
#include "api/wire/batch_jobs.h"
#include "api/wire/batch_services.h"
#include "api/wire/paging.h"

namespace dray::server {
namespace {

constexpr ResourceKind kServiceEnvironment = ResourceKind::ServiceEnvironment;
constexpr ResourceKind kQuotaShare = ResourceKind::QuotaShare;

using DecodeName = Result<std::string> (*)(std::string_view operation, std::string_view body);
using DecodeUpdate = Result<EntryUpdate> (*)(std::string_view body, const CatalogueEntry& current);
using EncodeNames = std::string (*)(const wire::ArnScope& scope, const EntryKey& key);

Result<std::string> create_named(const Call& call, Result<CatalogueEntry> entry,
                                 EncodeNames encode) {
  if (!entry) {
    return tl::unexpected(entry.error());
  }
  const EntryKey key = entry->key;
  return call.backend.create_entry(std::move(*entry)).map([&] { return encode(call.scope, key); });
}

/// The entry that a request of the operation is about.
Result<CatalogueEntry> find_named(const Call& call, std::string_view operation, ResourceKind kind,
                                  DecodeName decode) {
  Result<std::string> name = decode(operation, call.body);
  if (!name) {
    return tl::unexpected(name.error());
  }
  return find_entry(call.backend, {kind, std::move(*name)});
}

Result<std::string> update_named(const Call& call, const Result<CatalogueEntry>& current,
                                 DecodeUpdate decode, EncodeNames encode) {
  if (!current) {
    return tl::unexpected(current.error());
  }
  Result<EntryUpdate> update = decode(call.body, *current);
  if (!update) {
    return tl::unexpected(update.error());
  }
  return call.backend.update_entry(std::move(*update)).map([&] {
    return encode(call.scope, current->key);
  });
}

Result<std::string> remove_named(const Call& call, const Result<CatalogueEntry>& found) {
  if (!found) {
    return tl::unexpected(found.error());
  }
  return answer_done(call.backend.delete_entry(found->key));
}

// ---- service environments -----------------------------------------------------------------------

Result<std::string> create_service_environment(const Call& call) {
  return create_named(call, wire::decode_create_service_environment(call.body),
                      wire::encode_service_environment_names);
}

Result<std::string> describe_service_environments(const Call& call) {
  const Result<wire::NamesAsked> asked = wire::decode_describe_service_environments(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  return call.backend.entries(kServiceEnvironment, asked->names)
      .map([&](std::vector<CatalogueEntry> found) {
        return wire::encode_service_environments(
            call.scope, wire::page_of(std::move(found), asked->page, entry_page_key));
      });
}

Result<std::string> update_service_environment(const Call& call) {
  return update_named(call,
                      find_named(call, "UpdateServiceEnvironment", kServiceEnvironment,
                                 wire::decode_service_environment_name),
                      wire::decode_update_service_environment,
                      wire::encode_service_environment_names);
}

Result<std::string> delete_service_environment(const Call& call) {
  return remove_named(call, find_named(call, "DeleteServiceEnvironment", kServiceEnvironment,
                                       wire::decode_service_environment_name));
}

// ---- quota shares -------------------------------------------------------------------------------

Result<std::string> create_quota_share(const Call& call) {
  return create_named(call, wire::decode_create_quota_share(call.body),
                      wire::encode_quota_share_names);
}

Result<std::string> describe_quota_share(const Call& call) {
  return find_named(call, "DescribeQuotaShare", kQuotaShare, wire::decode_quota_share_name)
      .map(
          [&](const CatalogueEntry& share) { return wire::encode_quota_share(call.scope, share); });
}

Result<std::string> list_quota_shares(const Call& call) {
  const Result<wire::QuotaSharesAsked> asked = wire::decode_list_quota_shares(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  return call.backend.entries(kQuotaShare, {}).map([&](std::vector<CatalogueEntry> found) {
    std::erase_if(found, [&](const CatalogueEntry& one) {
      return !one.key.name.starts_with(asked->queue + '/');
    });
    return wire::encode_quota_shares(call.scope,
                                     wire::page_of(std::move(found), asked->page, entry_page_key));
  });
}

Result<std::string> update_quota_share(const Call& call) {
  return update_named(
      call, find_named(call, "UpdateQuotaShare", kQuotaShare, wire::decode_quota_share_name),
      wire::decode_update_quota_share, wire::encode_quota_share_names);
}

Result<std::string> delete_quota_share(const Call& call) {
  return remove_named(
      call, find_named(call, "DeleteQuotaShare", kQuotaShare, wire::decode_quota_share_name));
}

// ---- service jobs: there is no SageMaker behind this door ---------------------------------------

Error no_service_job(const std::string& id) {
  return {ErrorCode::NotFound, "ServiceJob " + id + " does not exist"};
}

Result<std::string> submit_service_job(const Call& call) {
  if (const Result<void> good = wire::check_submit_service_job(call.body); !good) {
    return tl::unexpected(good.error());
  }
  return refuse(ErrorCode::BadRequest,
                "Service jobs run on Amazon SageMaker, which is not here: use SubmitJob");
}

Result<std::string> refuse_service_job(const Call& call, std::string_view operation) {
  const Result<std::string> id = wire::decode_service_job_id(operation, call.body);
  return tl::unexpected(id ? no_service_job(*id) : id.error());
}

Result<std::string> describe_service_job(const Call& call) {
  return refuse_service_job(call, "DescribeServiceJob");
}

Result<std::string> update_service_job(const Call& call) {
  return refuse_service_job(call, "UpdateServiceJob");
}

Result<std::string> terminate_service_job(const Call& call) {
  return refuse_service_job(call, "TerminateServiceJob");
}

Result<std::string> terminate_service_jobs(const Call& call) {
  const Result<std::vector<std::string>> jobs = wire::decode_terminate_service_jobs(call.body);
  if (!jobs) {
    return tl::unexpected(jobs.error());
  }
  std::vector<wire::EndingRefused> refused;
  for (const std::string& id : *jobs) {
    refused.push_back({id, no_service_job(id)});
  }
  return wire::encode_jobs_ending({}, refused);
}

Result<std::string> list_service_jobs(const Call& call) {
  const Result<std::string> queue = wire::decode_list_service_jobs(call.body);
  if (!queue) {
    return tl::unexpected(queue.error());
  }
  return wire::encode_no_service_jobs();
}

constexpr std::array<std::pair<std::string_view, Operation>, 15> kServiceOperations{{
    {"createquotashare", create_quota_share},
    {"createserviceenvironment", create_service_environment},
    {"deletequotashare", delete_quota_share},
    {"deleteserviceenvironment", delete_service_environment},
    {"describequotashare", describe_quota_share},
    {"describeserviceenvironments", describe_service_environments},
    {"describeservicejob", describe_service_job},
    {"listquotashares", list_quota_shares},
    {"listservicejobs", list_service_jobs},
    {"submitservicejob", submit_service_job},
    {"terminateservicejob", terminate_service_job},
    {"terminateservicejobs", terminate_service_jobs},
    {"updatequotashare", update_quota_share},
    {"updateserviceenvironment", update_service_environment},
    {"updateservicejob", update_service_job},
}};

}  // namespace

Operation service_operation(std::string_view name) {
  return find_operation(kServiceOperations, name);
}

}  // namespace dray::server
