#include "api/wire/batch_consumables.h"

#include <algorithm>

#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "api/wire/paging.h"
#include "api/wire/request_members.h"
#include "api/wire/tags.h"
#include "model/names.h"

namespace dray::wire {
namespace {

constexpr ResourceKind kConsumableKind = ResourceKind::ConsumableResource;

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

std::int64_t read_quantity(const JsonObject& request, std::string_view member) {
  const std::int64_t quantity = request.long_integer(member).value_or(0);
  if (quantity < 0) {
    request.refuse_it(std::string(member) + " must not be negative");
  }
  return quantity;
}

/// AWS: REPLENISHABLE when absent.
bool read_is_replenishable(const JsonObject& request) {
  const std::string type = request.text("resourceType");
  if (!type.empty() && type != "REPLENISHABLE" && type != "NON_REPLENISHABLE") {
    request.refuse_it("resourceType must be REPLENISHABLE or NON_REPLENISHABLE");
  }
  return type != "NON_REPLENISHABLE";
}

QuantityOperation read_operation(const JsonObject& request) {
  const std::string name = request.text("operation");
  if (name == "ADD") {
    return QuantityOperation::Add;
  }
  if (name == "REMOVE") {
    return QuantityOperation::Remove;
  }
  if (name != "SET") {
    request.refuse_it("operation must be SET, ADD or REMOVE");
  }
  return QuantityOperation::Set;
}

/// AWS: JOB_STATUS and JOB_NAME.
void read_job_filter(const JsonObject& filter, JobSearch& search) {
  const std::string name = filter.text("name");
  const std::vector<std::string> values = filter.texts("values");
  if (name == "JOB_NAME" && values.size() == 1) {
    search.name = values[0];
    return;
  }
  if (name != "JOB_STATUS") {
    filter.refuse_it("The filters are JOB_STATUS, and JOB_NAME with one value");
    return;
  }
  for (const std::string& value : values) {
    if (const std::optional<JobState> state = parse_job_state(value)) {
      search.states.push_back(*state);
    } else {
      filter.refuse_it(value + " is not a status of jobs");
    }
  }
}

std::int64_t quantity_of(const JobSpec& spec, std::string_view resource) {
  std::int64_t quantity = 0;
  for (const ConsumableNeed& need : spec.consumables) {
    quantity += need.name == resource ? need.quantity : 0;
  }
  return quantity;
}

void write_consumable_names(JsonWriter& out, const ArnScope& scope, const EntryKey& key) {
  out.text("consumableResourceName", key.name);
  out.text("consumableResourceArn", entry_arn(scope, key));
}

std::int64_t in_use_of(const QuantitiesInUse& in_use, const CatalogueEntry& consumable) {
  const auto found = in_use.find(consumable.key.name);
  return found == in_use.end() ? 0 : found->second;
}

void write_amounts(JsonWriter& out, const Stock& stock, std::int64_t in_use) {
  out.number("totalQuantity", stock.total);
  out.number("inUseQuantity", in_use);
  out.text("resourceType", stock.is_replenishable ? "REPLENISHABLE" : "NON_REPLENISHABLE");
}

}  // namespace

Result<CatalogueEntry> decode_create_consumable(std::string_view body) {
  return decode_request<CatalogueEntry>(
      "CreateConsumableResource", body, [](const JsonObject& request) {
        CatalogueEntry consumable;
        consumable.key = {kConsumableKind, read_new_name(request, "consumableResourceName")};
        consumable.tags = read_tags(request);
        consumable.stock =
            Stock{read_is_replenishable(request), read_quantity(request, "totalQuantity"), {}};
        return consumable;
      });
}

Result<std::string> decode_consumable_name(std::string_view operation, std::string_view body) {
  return decode_request<std::string>(operation, body, [](const JsonObject& request) {
    return entry_name(kConsumableKind, request.required_text("consumableResource"));
  });
}

Result<QuantityChange> decode_update_consumable(std::string_view body) {
  return decode_request<QuantityChange>(
      "UpdateConsumableResource", body, [](const JsonObject& request) {
        QuantityChange change;
        change.name = entry_name(kConsumableKind, request.required_text("consumableResource"));
        change.operation = read_operation(request);
        if (!request.has("quantity")) {
          request.refuse_it("quantity is required");
        }
        change.quantity = read_quantity(request, "quantity");
        change.token = request.text("clientToken");
        return change;
      });
}

Result<ConsumablesAsked> decode_list_consumables(std::string_view body) {
  return decode_request<ConsumablesAsked>(
      "ListConsumableResources", body, [](const JsonObject& request) {
        ConsumablesAsked asked;
        asked.page = read_page(request, 100);
        const std::vector<JsonObject> filters = request.objects("filters");
        if (filters.empty()) {
          return asked;
        }
        const std::vector<std::string> values = filters[0].texts("values");
        if (filters.size() > 1 || values.size() != 1 ||
            filters[0].text("name") != "CONSUMABLE_RESOURCE_NAME") {
          request.refuse_it("The only filter is CONSUMABLE_RESOURCE_NAME, with one value");
          return asked;
        }
        asked.name = lower_case(values[0]);
        return asked;
      });
}

bool is_asked_for(const ConsumablesAsked& asked, std::string_view name) {
  if (asked.name.empty()) {
    return true;
  }
  const std::string found = lower_case(name);
  return asked.name.ends_with('*') ? found.starts_with(asked.name.substr(0, asked.name.size() - 1))
                                   : found == asked.name;
}

Result<ConsumableJobsAsked> decode_list_consumable_jobs(std::string_view body) {
  return decode_request<ConsumableJobsAsked>(
      "ListJobsByConsumableResource", body, [](const JsonObject& request) {
        ConsumableJobsAsked asked;
        asked.search.consumable =
            entry_name(kConsumableKind, request.required_text("consumableResource"));
        for (const JsonObject& filter : request.objects("filters")) {
          read_job_filter(filter, asked.search);
        }
        asked.page = read_page(request, 100);
        return asked;
      });
}

std::string encode_consumable_jobs(const ArnScope& scope, std::string_view resource,
                                   const PageOf<JobSummary>& page) {
  JsonWriter out;
  out.begin_object().name("jobs").begin_list();
  for (const JobSummary& summary : page.items) {
    const Job& job = summary.job;
    const JobSpec& spec = *job.spec;
    out.begin_object();
    out.text("jobArn", job_arn(scope, job.uuid, summary.child));
    out.text("jobQueueArn", queue_arn(scope, spec.queue));
    out.text("jobName", spec.name);
    out.text("jobDefinitionArn", definition_arn(scope, spec.definition, spec.definition_revision));
    out.text_if_any("shareIdentifier", spec.share_identifier);
    out.text("jobStatus", name_of(job.state));
    out.number("quantity", quantity_of(spec, resource));
    out.text_if_any("statusReason", job.status_reason);
    if (job.started_at) {
      out.number("startedAt", job.started_at->epoch_ms);
    }
    out.number("createdAt", job.created_at.epoch_ms);
    write_consumables(out, scope, spec.consumables);
    out.end_object();
  }
  out.end_list();
  write_next_token(out, page.next);
  out.end_object();
  return out.take();
}

std::string encode_consumable_names(const ArnScope& scope, const EntryKey& key) {
  JsonWriter out;
  out.begin_object();
  write_consumable_names(out, scope, key);
  out.end_object();
  return out.take();
}

std::string encode_consumable_total(const ArnScope& scope, const EntryKey& key,
                                    std::int64_t total) {
  JsonWriter out;
  out.begin_object();
  write_consumable_names(out, scope, key);
  out.number("totalQuantity", total).end_object();
  return out.take();
}

std::string encode_consumable(const ArnScope& scope, const CatalogueEntry& consumable,
                              const QuantitiesInUse& in_use) {
  const std::int64_t used = in_use_of(in_use, consumable);
  JsonWriter out;
  out.begin_object();
  write_consumable_names(out, scope, consumable.key);
  write_amounts(out, *consumable.stock, used);
  out.number("availableQuantity", std::max<std::int64_t>(0, consumable.stock->total - used));
  out.number("createdAt", consumable.created_at.epoch_ms);
  out.text_map("tags", consumable.tags).end_object();
  return out.take();
}

std::string encode_consumables(const ArnScope& scope, const PageOf<CatalogueEntry>& page,
                               const QuantitiesInUse& in_use) {
  JsonWriter out;
  out.begin_object().name("consumableResources").begin_list();
  for (const CatalogueEntry& consumable : page.items) {
    out.begin_object();
    write_consumable_names(out, scope, consumable.key);
    write_amounts(out, *consumable.stock, in_use_of(in_use, consumable));
    out.end_object();
  }
  out.end_list();
  write_next_token(out, page.next);
  out.end_object();
  return out.take();
}

}  // namespace dray::wire
