#include "api/wire/batch_services.h"

#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "api/wire/paging.h"
#include "api/wire/request_members.h"
#include "api/wire/tags.h"

namespace dray::wire {
namespace {

constexpr ResourceKind kServiceEnvironmentKind = ResourceKind::ServiceEnvironment;
constexpr ResourceKind kQuotaShareKind = ResourceKind::QuotaShare;

/// At least one limit, none negative.
void check_limits(const JsonObject& request) {
  if (!request.has("capacityLimits")) {
    return;
  }
  const std::vector<JsonObject> limits = request.objects("capacityLimits");
  if (limits.empty()) {
    request.refuse_it("capacityLimits must not be empty");
  }
  for (const JsonObject& limit : limits) {
    if (limit.integer("maxCapacity").value_or(0) < 0) {
      limit.refuse_it("maxCapacity must not be negative");
    }
  }
}

std::string share_as_given(const JsonObject& request) {
  check_limits(request);
  return request.json_only(
      {"capacityLimits", "resourceSharingConfiguration", "preemptionConfiguration"});
}

void write_entry_state(JsonWriter& out, const CatalogueEntry& entry) {
  out.text("state", entry.is_enabled ? "ENABLED" : "DISABLED");
  out.text("status", "VALID");
  out.members_of(entry.as_given, {});
}

void write_share(JsonWriter& out, const ArnScope& scope, const CatalogueEntry& share) {
  const std::size_t slash = share.key.name.find('/');
  out.text("quotaShareName", share.key.name.substr(slash + 1));
  out.text("quotaShareArn", entry_arn(scope, share.key));
  out.text("jobQueueArn", queue_arn(scope, share.key.name.substr(0, slash)));
  write_entry_state(out, share);
}

}  // namespace

// ---- service environments -----------------------------------------------------------------------

Result<CatalogueEntry> decode_create_service_environment(std::string_view body) {
  return decode_request<
      CatalogueEntry>("CreateServiceEnvironment", body, [](const JsonObject& request) {
    CatalogueEntry environment;
    environment.key = {kServiceEnvironmentKind, read_new_name(request, "serviceEnvironmentName")};
    environment.is_enabled = read_state(request).value_or(true);
    environment.tags = read_tags(request);
    check_limits(request);
    environment.as_given = request.json_only({"serviceEnvironmentType", "capacityLimits"});
    return environment;
  });
}

Result<std::string> decode_service_environment_name(std::string_view operation,
                                                    std::string_view body) {
  return decode_request<std::string>(operation, body, [](const JsonObject& request) {
    return entry_name(kServiceEnvironmentKind, request.required_text("serviceEnvironment"));
  });
}

Result<EntryUpdate> decode_update_service_environment(std::string_view body,
                                                      const CatalogueEntry& current) {
  return decode_request<EntryUpdate>(
      "UpdateServiceEnvironment", body, [&current](const JsonObject& request) {
        EntryUpdate update;
        update.key = current.key;
        update.is_enabled = read_state(request);
        check_limits(request);
        update.as_given = merge_objects(current.as_given, request.json_only({"capacityLimits"}));
        return update;
      });
}

Result<NamesAsked> decode_describe_service_environments(std::string_view body) {
  return decode_request<NamesAsked>(
      "DescribeServiceEnvironments", body, [](const JsonObject& request) {
        NamesAsked asked;
        for (const std::string& name : read_names(request, "serviceEnvironments")) {
          asked.names.push_back(entry_name(kServiceEnvironmentKind, name));
        }
        asked.page = read_page(request, 100);
        return asked;
      });
}

std::string encode_service_environment_names(const ArnScope& scope, const EntryKey& key) {
  JsonWriter out;
  out.begin_object();
  out.text("serviceEnvironmentName", key.name);
  out.text("serviceEnvironmentArn", entry_arn(scope, key)).end_object();
  return out.take();
}

std::string encode_service_environments(const ArnScope& scope, const PageOf<CatalogueEntry>& page) {
  JsonWriter out;
  out.begin_object().name("serviceEnvironments").begin_list();
  for (const CatalogueEntry& environment : page.items) {
    out.begin_object();
    out.text("serviceEnvironmentName", environment.key.name);
    out.text("serviceEnvironmentArn", entry_arn(scope, environment.key));
    write_entry_state(out, environment);
    out.text_map("tags", environment.tags).end_object();
  }
  out.end_list();
  write_next_token(out, page.next);
  out.end_object();
  return out.take();
}

// ---- quota shares -------------------------------------------------------------------------------

Result<CatalogueEntry> decode_create_quota_share(std::string_view body) {
  return decode_request<CatalogueEntry>("CreateQuotaShare", body, [](const JsonObject& request) {
    CatalogueEntry share;
    const std::string name = read_new_name(request, "quotaShareName");
    share.key = {kQuotaShareKind, queue_name(request.required_text("jobQueue")) + '/' + name};
    share.is_enabled = read_state(request).value_or(true);
    share.tags = read_tags(request);
    share.as_given = share_as_given(request);
    return share;
  });
}

Result<std::string> decode_quota_share_name(std::string_view operation, std::string_view body) {
  return decode_request<std::string>(operation, body, [](const JsonObject& request) {
    return parse_entry_arn(kQuotaShareKind, request.required_text("quotaShareArn")).value_or("");
  });
}

Result<EntryUpdate> decode_update_quota_share(std::string_view body,
                                              const CatalogueEntry& current) {
  return decode_request<EntryUpdate>(
      "UpdateQuotaShare", body, [&current](const JsonObject& request) {
        EntryUpdate update;
        update.key = current.key;
        update.is_enabled = read_state(request);
        update.as_given = merge_objects(current.as_given, share_as_given(request));
        return update;
      });
}

Result<QuotaSharesAsked> decode_list_quota_shares(std::string_view body) {
  return decode_request<QuotaSharesAsked>("ListQuotaShares", body, [](const JsonObject& request) {
    return QuotaSharesAsked{queue_name(request.required_text("jobQueue")), read_page(request, 100)};
  });
}

std::string encode_quota_share_names(const ArnScope& scope, const EntryKey& key) {
  JsonWriter out;
  out.begin_object();
  out.text("quotaShareName", key.name.substr(key.name.find('/') + 1));
  out.text("quotaShareArn", entry_arn(scope, key)).end_object();
  return out.take();
}

std::string encode_quota_share(const ArnScope& scope, const CatalogueEntry& share) {
  JsonWriter out;
  out.begin_object();
  write_share(out, scope, share);
  out.text_map("tags", share.tags).end_object();
  return out.take();
}

std::string encode_quota_shares(const ArnScope& scope, const PageOf<CatalogueEntry>& page) {
  JsonWriter out;
  out.begin_object().name("quotaShares").begin_list();
  for (const CatalogueEntry& share : page.items) {
    out.begin_object();
    write_share(out, scope, share);
    out.end_object();
  }
  out.end_list();
  write_next_token(out, page.next);
  out.end_object();
  return out.take();
}

// ---- service jobs -------------------------------------------------------------------------------

Result<void> check_submit_service_job(std::string_view body) {
  return decode_request<bool>("SubmitServiceJob", body,
                              [](const JsonObject& request) {
                                (void)read_tags(request);
                                return true;
                              })
      .map([](bool) {});
}

Result<std::string> decode_service_job_id(std::string_view operation, std::string_view body) {
  return decode_request<std::string>(
      operation, body, [](const JsonObject& request) { return request.required_text("jobId"); });
}

Result<std::vector<std::string>> decode_terminate_service_jobs(std::string_view body) {
  return decode_request<std::vector<std::string>>(
      "TerminateServiceJobs", body, [](const JsonObject& request) {
        std::vector<std::string> jobs = request.texts("jobs");
        if (jobs.size() > 50) {
          request.refuse_it("Maximum number of jobs supported is 50");
        }
        return jobs;
      });
}

Result<std::string> decode_list_service_jobs(std::string_view body) {
  return decode_request<std::string>("ListServiceJobs", body, [](const JsonObject& request) {
    (void)read_page(request, 100);
    return queue_name(request.text("jobQueue"));
  });
}

std::string encode_no_service_jobs() {
  JsonWriter out;
  out.begin_object().empty_list("jobSummaryList").end_object();
  return out.take();
}

}  // namespace dray::wire
