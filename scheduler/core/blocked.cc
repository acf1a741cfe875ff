#include "scheduler/core/blocked.h"

#include <algorithm>
#include <vector>

#include "model/check.h"
#include "model/texts.h"
#include "scheduler/core/leases.h"
#include "scheduler/core/place_gang.h"

namespace dray {
namespace {

std::vector<const ComputeEnvironment*> enabled_environments(const State& state,
                                                            const std::string& name) {
  std::vector<const ComputeEnvironment*> enabled;
  const auto queue = state.queues().find(name);
  if (queue != state.queues().end()) {
    for (const std::string& environment : queue->second.environments) {
      const auto found = state.environments().find(environment);
      if (found != state.environments().end() && found->second.is_enabled) {
        enabled.push_back(&found->second);
      }
    }
  }
  return enabled;
}

/// A gang needs seats for all its nodes in one environment.
std::optional<BlockReason> why_gang_blocked(
    const State& state, const ClassKey& key,
    const std::vector<const ComputeEnvironment*>& environments, Instant now) {
  Pools pools(state, now);
  const std::size_t needed = key.node_count();
  bool has_agents = false;
  bool has_large = false;
  for (const ComputeEnvironment* it : environments) {
    const Pool& pool = *pools.find(it->name);
    if (seat_nodes(pools, pool, key.nodes, {}, Seating::WhenEmpty).size() == needed) {
      return std::nullopt;
    }
    has_large |= seat_nodes(pools, pool, key.nodes, {}, Seating::Ever).size() == needed;
    has_agents |= !pool.rooms.empty();
  }
  return has_agents && !has_large ? BlockReason::Requirement : BlockReason::Capacity;
}

}  // namespace

std::optional<BlockReason> why_blocked(const State& state, const RequestClass& request_class,
                                       Instant now) {
  const Resources& request = request_class.key.request;
  const std::int64_t milli_vcpus = request_class.key.together().milli_vcpus;
  auto environments = enabled_environments(state, request_class.key.queue);
  if (environments.empty()) {
    return BlockReason::NoEnvironment;
  }
  std::erase_if(environments, [&](const ComputeEnvironment* it) {
    return it->vcpus_max && milli_vcpus > std::int64_t{*it->vcpus_max} * 1000;
  });
  if (environments.empty()) {
    return BlockReason::EnvironmentMax;
  }
  if (request_class.key.is_gang()) {
    return why_gang_blocked(state, request_class.key, environments, now);
  }
  bool has_agents = false;
  bool has_large = false;
  for (const auto& [id, entry] : state.agents()) {
    const bool is_there =
        std::any_of(environments.begin(), environments.end(),
                    [&name = entry.agent.environment](const ComputeEnvironment* it) {
                      return it->name == name;
                    });
    if (is_there && request.fits_in(entry.whole())) {
      if (may_be_given(state, entry, now)) {
        return std::nullopt;
      }
      has_large = true;
    }
    has_agents |= is_there;
  }
  return has_agents && !has_large ? BlockReason::Requirement : BlockReason::Capacity;
}

std::string blocked_text(const State& state, const RequestClass& request_class,
                         BlockReason reason) {
  switch (reason) {
    case BlockReason::NoEnvironment:
      return std::string(texts::kEnvironmentsInvalid);
    case BlockReason::EnvironmentMax:
      return std::string(texts::kEnvironmentMaxResource);
    case BlockReason::Requirement:
      return std::string(texts::kRequirementTooHigh);
    case BlockReason::Capacity:
      break;
  }
  CHECK(reason == BlockReason::Capacity);
  std::string names;
  for (const ComputeEnvironment* it : enabled_environments(state, request_class.key.queue)) {
    names += (names.empty() ? "" : ", ") + it->name;
  }
  return std::string(texts::kCapacityLacks) + " [" + names + "]";
}

}  // namespace dray
