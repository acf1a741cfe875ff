#include "api/server/routes.h"
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

Result<Tags> tags_of(api::Backend& backend, const wire::ResourceName& resource) {
  switch (resource.kind) {
    case wire::ResourceKind::Environment:
      return environment_tags(backend, resource.name);
    case wire::ResourceKind::Queue:
      return queue_tags(backend, resource.name);
    case wire::ResourceKind::Definition:
      return definition_tags(backend, resource.name, resource.revision);
    case wire::ResourceKind::Job:
      return job_tags(backend, resource.job);
  }
  return no_resource();
}

}  // namespace

Result<std::string> answer_tags(const Call& call, std::string_view method, std::string_view arn) {
  if (method != "GET") {
    return refuse(ErrorCode::BadRequest,
                  "TagResource and UntagResource are not supported yet: give tags when creating");
  }
  const std::optional<wire::ResourceName> resource = wire::parse_resource_arn(arn);
  if (!resource) {
    return no_resource();
  }
  return tags_of(call.backend, *resource).map(wire::encode_tags);
}

}  // namespace dray::server
