#include <utility>

#include "api/server/routes.h"
#include "api/server/routes_catalogue.h"
#include "api/server/target.h"
#include "api/wire/tags.h"

namespace dray::server {
namespace {

tl::unexpected<Error> no_resource() {
  return refuse(ErrorCode::NotFound, "The resource of this ARN does not exist");
}

Result<Tags> environment_tags(api::Backend& backend, const std::string& name) {
  const auto found = backend.environments({name});
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (found->empty()) {
    return no_resource();
  }
  return found->front().tags;
}

Result<Tags> queue_tags(api::Backend& backend, const std::string& name) {
  const auto found = backend.queues({name});
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (found->empty()) {
    return no_resource();
  }
  return found->front().queue.tags;
}

Result<Tags> definition_tags(api::Backend& backend, const std::string& name,
                             std::int32_t revision) {
  DefinitionQuery query;
  query.exactly.emplace_back(name, revision);
  const auto found = backend.definitions(std::move(query), Page());
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (found->items.empty()) {
    return no_resource();
  }
  return found->items.front().tags;
}

Result<Tags> job_tags(api::Backend& backend, const JobName& job) {
  const auto found = backend.describe({job});
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (found->empty() || job.child != kNoChild) {
    return no_resource();
  }
  return found->front().job.spec->tags;
}

Result<Tags> entry_tags(api::Backend& backend, const EntryKey& key) {
  return find_entry(backend, key).map([](const CatalogueEntry& entry) { return entry.tags; });
}

Result<Tags> tags_of(api::Backend& backend, const ResourceName& resource) {
  switch (resource.kind) {
    case ResourceKind::Environment:
      return environment_tags(backend, resource.name);
    case ResourceKind::Queue:
      return queue_tags(backend, resource.name);
    case ResourceKind::Definition:
      return definition_tags(backend, resource.name, resource.revision);
    case ResourceKind::Job:
      return job_tags(backend, resource.job);
    case ResourceKind::SchedulingPolicy:
    case ResourceKind::ConsumableResource:
    case ResourceKind::ServiceEnvironment:
    case ResourceKind::QuotaShare:
      return entry_tags(backend, {resource.kind, resource.name});
  }
  return no_resource();
}

Result<TagChange> read_change(const Call& call, std::string_view method, std::string_view query) {
  if (method == "POST") {
    return wire::decode_tag_resource(call.body);
  }
  std::optional<std::vector<std::string>> keys = query_values(query, "tagKeys");
  if (!keys) {
    return refuse(ErrorCode::BadRequest, "The query is broken");
  }
  return wire::decode_untag_resource(std::move(*keys));
}

}  // namespace

Result<std::string> answer_tags(const Call& call, std::string_view method, std::string_view arn,
                                std::string_view query) {
  Result<TagChange> change = TagChange();
  if (method != "GET") {
    change = read_change(call, method, query);
    if (!change) {
      return tl::unexpected(change.error());
    }
  }
  std::optional<ResourceName> resource = wire::parse_resource_arn(arn);
  if (!resource) {
    return no_resource();
  }
  Result<Tags> tags = tags_of(call.backend, *resource);
  if (!tags || method == "GET") {
    return tags.map(wire::encode_tags);
  }
  change_tags(*tags, *change);
  if (tags->size() > kTagsMax) {
    return refuse(ErrorCode::BadRequest, "A resource can have at most 50 tags");
  }
  return call.backend.change_tags(std::move(*resource), std::move(*change)).map([] {
    return std::string();
  });
}

}  // namespace dray::server
