#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "model/job_definition.h"
#include "model/queries.h"

/// What has a name and tags, whatever it is (AWS: the resources of TagResource).
namespace dray {

enum class ResourceKind : std::uint8_t {
  Queue,
  Environment,
  Definition,
  Job,
  SchedulingPolicy,
  ConsumableResource,
  ServiceEnvironment,
  QuotaShare,
};

struct ResourceName {
  ResourceKind kind = ResourceKind::Queue;
  std::string name;           ///< Empty for a job; "QUEUE/NAME" for a quota share.
  std::int32_t revision = 0;  ///< Of a definition.
  JobName job;                ///< Of a job.
  auto operator<=>(const ResourceName&) const = default;
};

/// AWS: at most 50 a resource.
inline constexpr std::size_t kTagsMax = 50;

/// Tags to set, then keys to take away; one that is not there is no error (AWS).
struct TagChange {
  Tags added;
  std::vector<std::string> removed;
};
void change_tags(Tags& tags, const TagChange& change);

}  // namespace dray
