#include "scheduler/core/merge_nodes.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "scheduler/core/merge_container.h"

namespace dray {
namespace {

constexpr std::int32_t kNodesMax = 1000;  // AWS: NodeProperties.numNodes
constexpr std::size_t kOverridesMax = 100;
/// Of what the nodes run, written once for each range: a job must stay small on disk and in memory.
constexpr std::size_t kBytesMax = 1U << 20U;

template <class Range>
bool has_node(const Range& range, std::int32_t node) {
  return node >= range.first && (range.last == NodeRange::kToTheEnd || node <= range.last);
}

template <class Range>
std::int32_t width_of(const Range& range, std::int32_t nodes) {
  const std::int32_t last = range.last == NodeRange::kToTheEnd ? nodes - 1 : range.last;
  return last - range.first;
}

/// The narrowest range with the node (AWS); of equal ones the later. Null when none has it.
const NodeRange* range_of(const JobDefinition& definition, std::int32_t node, std::int32_t nodes) {
  const NodeRange* best = nullptr;
  for (const NodeRange& range : definition.ranges) {
    if (has_node(range, node) &&
        (best == nullptr || width_of(range, nodes) <= width_of(*best, nodes))) {
      best = &range;
    }
  }
  return best;
}

/// AWS: only with a range that is open at its end, and with that range and the main node within.
Result<std::int32_t> count_nodes(const Submission& submission, const JobDefinition& definition) {
  const std::int32_t count = submission.node_count.value_or(definition.node_count);
  if (count == definition.node_count) {
    return count;
  }
  const auto open =
      std::find_if(definition.ranges.begin(), definition.ranges.end(),
                   [](const NodeRange& range) { return range.last == NodeRange::kToTheEnd; });
  if (open == definition.ranges.end()) {
    return refuse(ErrorCode::BadRequest,
                  "numNodes can be overridden only when a range of nodes is open at its end");
  }
  if (count < 1 || count > kNodesMax || count <= open->first || count <= definition.main_node) {
    return refuse(
        ErrorCode::BadRequest,
        "numNodes must be between 1 and 1000, and more than the main node's index and the "
        "beginning of the open range");
  }
  return count;
}

/// What a node is: equal ones make a range.
struct Recipe {
  const NodeRange* range = nullptr;
  std::vector<const NodeOverride*> overrides;
  bool operator==(const Recipe&) const = default;
};

Recipe recipe_of(const Submission& submission, const JobDefinition& definition, std::int32_t node,
                 std::int32_t nodes) {
  Recipe recipe{range_of(definition, node, nodes), {}};
  for (const NodeOverride& over : submission.node_overrides) {
    if (has_node(over, node)) {
      recipe.overrides.push_back(&over);
    }
  }
  return recipe;
}

Result<NodeRange> cook(const Recipe& recipe, const Parameters& parameters) {
  NodeRange range = *recipe.range;
  ContainerOverride all;
  for (const NodeOverride* over : recipe.overrides) {
    all.command = over->container.command ? over->container.command : all.command;
    all.environment.insert(all.environment.end(), over->container.environment.begin(),
                           over->container.environment.end());
    all.milli_vcpus = over->container.milli_vcpus ? over->container.milli_vcpus : all.milli_vcpus;
    all.memory_mib = over->container.memory_mib ? over->container.memory_mib : all.memory_mib;
    all.gpus = over->container.gpus ? over->container.gpus : all.gpus;
    range.consumables = over->consumables.value_or(range.consumables);
  }
  return merge_container(all, parameters, range.container).map([&] { return range; });
}

std::size_t bytes_of(const ContainerSpec& container) {
  std::size_t bytes = container.image.size() + container.as_given.size();
  for (const std::string& word : container.command) {
    bytes += word.size();
  }
  for (const EnvironmentVariable& variable : container.environment) {
    bytes += variable.name.size() + variable.value.size();
  }
  return bytes;
}

/// What all nodes take together.
std::vector<ConsumableNeed> sum_of_needs(const JobSpec& spec) {
  std::map<std::string, std::int64_t> sums;
  for (const NodeRange& range : spec.nodes) {
    for (const ConsumableNeed& need : range.consumables) {
      sums[need.name] += need.quantity * (range.last - range.first + 1);
    }
  }
  std::vector<ConsumableNeed> needs;
  for (const auto& [name, quantity] : sums) {
    needs.push_back({name, quantity});
  }
  return needs;
}

}  // namespace

Result<void> merge_nodes(const Submission& submission, const JobDefinition& definition,
                         JobSpec& spec) {
  if (submission.array_size > 0) {
    return refuse(ErrorCode::BadRequest, "A multi-node parallel job cannot be an array job");
  }
  const Result<std::int32_t> count = count_nodes(submission, definition);
  if (!count) {
    return tl::unexpected<Error>(count.error());
  }
  if (submission.node_overrides.size() > kOverridesMax) {
    return refuse(ErrorCode::BadRequest, "nodePropertyOverrides must have at most 100 entries");
  }
  Recipe last;
  std::size_t bytes = 0;
  for (std::int32_t node = 0; node < *count; ++node) {
    Recipe recipe = recipe_of(submission, definition, node, *count);
    if (recipe.range == nullptr) {
      return refuse(ErrorCode::BadRequest, "No range of nodes has node " + std::to_string(node));
    }
    if (node > 0 && recipe == last) {
      spec.nodes.back().last = node;
      continue;
    }
    Result<NodeRange> range = cook(recipe, spec.parameters);
    if (!range) {
      return tl::unexpected<Error>(range.error());
    }
    bytes += bytes_of(range->container);
    if (bytes > kBytesMax) {
      return refuse(ErrorCode::BadRequest,
                    "What the ranges of nodes run is longer than 1 MiB in all, with overrides");
    }
    range->first = range->last = node;
    spec.nodes.push_back(std::move(*range));
    last = std::move(recipe);
  }
  spec.main_node = definition.main_node;
  spec.container = spec.container_of(spec.main_node);
  if (const std::vector<ConsumableNeed> needs = sum_of_needs(spec); !needs.empty()) {
    spec.consumables = needs;
  }
  return {};
}

}  // namespace dray
