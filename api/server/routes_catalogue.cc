#include "api/server/routes_catalogue.h"

#include <array>
#include <utility>

#include "api/wire/batch_consumables.h"
#include "api/wire/batch_policies.h"
#include "api/wire/paging.h"
#include "model/catalogue_words.h"

namespace dray::server {
namespace {

constexpr ResourceKind kPolicy = ResourceKind::SchedulingPolicy;
constexpr ResourceKind kConsumable = ResourceKind::ConsumableResource;

// ---- scheduling policies ------------------------------------------------------------------------

Result<std::string> create_policy(const Call& call) {
  Result<CatalogueEntry> policy = wire::decode_create_policy(call.body);
  if (!policy) {
    return tl::unexpected(policy.error());
  }
  const EntryKey key = policy->key;
  return call.backend.create_entry(std::move(*policy)).map([&] {
    return wire::encode_policy_created(call.scope, key);
  });
}

Result<std::string> describe_policies(const Call& call) {
  const Result<std::vector<std::string>> names = wire::decode_describe_policies(call.body);
  if (!names) {
    return tl::unexpected(names.error());
  }
  if (names->empty()) {
    return wire::encode_policies(call.scope, {});
  }
  return call.backend.entries(kPolicy, *names).map([&](const auto& policies) {
    return wire::encode_policies(call.scope, policies);
  });
}

Result<std::string> list_policies(const Call& call) {
  const Result<Page> page = wire::decode_list_policies(call.body);
  if (!page) {
    return tl::unexpected(page.error());
  }
  return call.backend.entries(kPolicy, {}).map([&](std::vector<CatalogueEntry> policies) {
    return wire::encode_policy_list(call.scope,
                                    wire::page_of(std::move(policies), *page, entry_page_key));
  });
}

Result<std::string> update_policy(const Call& call) {
  const Result<std::string> name = wire::decode_policy_name("UpdateSchedulingPolicy", call.body);
  if (!name) {
    return tl::unexpected(name.error());
  }
  const Result<CatalogueEntry> current = find_entry(call.backend, {kPolicy, *name});
  if (!current) {
    return tl::unexpected(current.error());
  }
  Result<EntryUpdate> update = wire::decode_update_policy(call.body, *current);
  if (!update) {
    return tl::unexpected(update.error());
  }
  return answer_done(call.backend.update_entry(std::move(*update)));
}

Result<std::string> delete_policy(const Call& call) {
  const Result<std::string> name = wire::decode_policy_name("DeleteSchedulingPolicy", call.body);
  if (!name) {
    return tl::unexpected(name.error());
  }
  return answer_done(call.backend.delete_entry({kPolicy, *name}));
}

// ---- consumable resources -----------------------------------------------------------------------

Result<std::string> create_consumable(const Call& call) {
  Result<CatalogueEntry> consumable = wire::decode_create_consumable(call.body);
  if (!consumable) {
    return tl::unexpected(consumable.error());
  }
  const EntryKey key = consumable->key;
  return call.backend.create_entry(std::move(*consumable)).map([&] {
    return wire::encode_consumable_names(call.scope, key);
  });
}

Result<std::string> describe_consumable(const Call& call) {
  const Result<std::string> name =
      wire::decode_consumable_name("DescribeConsumableResource", call.body);
  if (!name) {
    return tl::unexpected(name.error());
  }
  const Result<CatalogueEntry> found = find_entry(call.backend, {kConsumable, *name});
  if (!found) {
    return tl::unexpected(found.error());
  }
  return call.backend.consumables_in_use().map(
      [&](const auto& in_use) { return wire::encode_consumable(call.scope, *found, in_use); });
}

Result<std::string> update_consumable(const Call& call) {
  Result<QuantityChange> change = wire::decode_update_consumable(call.body);
  if (!change) {
    return tl::unexpected(change.error());
  }
  const EntryKey key{kConsumable, change->name};
  return call.backend.change_quantity(std::move(*change)).map([&](std::int64_t total) {
    return wire::encode_consumable_total(call.scope, key, total);
  });
}

Result<std::string> delete_consumable(const Call& call) {
  const Result<std::string> name =
      wire::decode_consumable_name("DeleteConsumableResource", call.body);
  if (!name) {
    return tl::unexpected(name.error());
  }
  return answer_done(call.backend.delete_entry({kConsumable, *name}));
}

Result<std::string> list_consumables(const Call& call) {
  const Result<wire::ConsumablesAsked> asked = wire::decode_list_consumables(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  Result<std::vector<CatalogueEntry>> found = call.backend.entries(kConsumable, {});
  if (!found) {
    return tl::unexpected(found.error());
  }
  std::erase_if(*found, [&](const auto& one) { return !is_asked_for(*asked, one.key.name); });
  const auto page = wire::page_of(std::move(*found), asked->page, entry_page_key);
  return call.backend.consumables_in_use().map(
      [&](const auto& in_use) { return wire::encode_consumables(call.scope, page, in_use); });
}

Result<std::string> list_consumable_jobs(const Call& call) {
  Result<wire::ConsumableJobsAsked> asked = wire::decode_list_consumable_jobs(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  const std::string resource = asked->search.consumable;
  const Result<CatalogueEntry> found = find_entry(call.backend, {kConsumable, resource});
  if (!found) {
    return tl::unexpected(found.error());
  }
  return call.backend.search(std::move(asked->search), std::move(asked->page))
      .map([&](const PageOf<JobSummary>& page) {
        return wire::encode_consumable_jobs(call.scope, resource, page);
      });
}

constexpr std::array<std::pair<std::string_view, Operation>, 11> kCatalogueOperations{{
    {"createconsumableresource", create_consumable},
    {"createschedulingpolicy", create_policy},
    {"deleteconsumableresource", delete_consumable},
    {"deleteschedulingpolicy", delete_policy},
    {"describeconsumableresource", describe_consumable},
    {"describeschedulingpolicies", describe_policies},
    {"listconsumableresources", list_consumables},
    {"listjobsbyconsumableresource", list_consumable_jobs},
    {"listschedulingpolicies", list_policies},
    {"updateconsumableresource", update_consumable},
    {"updateschedulingpolicy", update_policy},
}};

}  // namespace

std::string entry_page_key(const CatalogueEntry& entry) {
  return entry.key.name;
}

Result<CatalogueEntry> find_entry(api::Backend& backend, const EntryKey& key) {
  Result<std::vector<CatalogueEntry>> found = backend.entries(key.kind, {key.name});
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (found->empty()) {
    return refuse(ErrorCode::NotFound, missing(key));
  }
  return std::move(found->front());
}

Operation catalogue_operation(std::string_view name) {
  return find_operation(kCatalogueOperations, name);
}

}  // namespace dray::server
