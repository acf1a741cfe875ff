#include "api/wire/node_properties.h"

#include <charconv>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "api/wire/container_properties.h"
#include "api/wire/definition_properties.h"
#include "api/wire/ecs_properties.h"
#include "api/wire/eks_properties.h"
#include "api/wire/request_members.h"

namespace dray::wire {
namespace {

constexpr std::int32_t kNodesMax = 1000;
constexpr std::size_t kRangesMax = 5;

std::optional<std::int32_t> parse_node(std::string_view text) {
  std::int32_t node = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), node);
  if (error != std::errc() || end != text.data() + text.size() || node < 0) {
    return std::nullopt;
  }
  return node;
}

/// `a:b`, `:b`, `a:`, and `a`, which AWS takes too.
std::optional<NodeRange> parse_target_nodes(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view low = text.substr(0, colon);
  const std::string_view high = colon == std::string_view::npos ? low : text.substr(colon + 1);
  const auto first = low.empty() && colon != std::string_view::npos ? 0 : parse_node(low);
  const auto last = high.empty() && !low.empty() ? NodeRange::kToTheEnd : parse_node(high);
  if (!first || !last || (*last != NodeRange::kToTheEnd && *first > *last)) {
    return std::nullopt;
  }
  NodeRange range;
  range.first = *first;
  range.last = *last;
  return range;
}

void read_range_contents(const JsonObject& given, NodeRange& range) {
  const auto container = given.object("container");
  const auto ecs = given.object("ecsProperties");
  const auto eks = given.object("eksProperties");
  if (int(container.has_value()) + int(ecs.has_value()) + int(eks.has_value()) != 1) {
    given.refuse_it(
        "Each node range must have exactly one of container, ecsProperties and eksProperties");
  } else if (container) {
    range.container = read_container_properties(*container);
  } else if (ecs) {
    Pod pod = read_ecs_properties(*ecs);
    if (pod.size() == 1) {
      range.container = std::move(pod[0].container);
    }
  } else {
    read_eks_properties(*eks);
  }
  range.consumables = read_consumables(given, "consumableResourceProperties")
                          .value_or(std::vector<ConsumableNeed>());
}

/// Notes which nodes the range covers; false when it reaches beyond them.
bool cover(const NodeRange& range, std::int32_t nodes, std::set<std::int32_t>& covered) {
  const std::int32_t last = range.last == NodeRange::kToTheEnd ? nodes - 1 : range.last;
  if (range.first > last || last >= nodes) {
    return false;
  }
  for (std::int32_t node = range.first; node <= last; ++node) {
    covered.insert(node);
  }
  return true;
}

}  // namespace

void read_node_properties(const JsonObject& properties, JobDefinition& definition) {
  const std::int32_t nodes = properties.integer("numNodes").value_or(0);
  if (nodes < 1 || nodes > kNodesMax) {
    properties.refuse_it("numNodes must be between 1 and 1000");
    return;
  }
  const std::int32_t main = properties.integer("mainNode").value_or(-1);
  if (main < 0 || main >= nodes) {
    properties.refuse_it("mainNode must be a node's index, below numNodes");
  }
  const std::vector<JsonObject> ranges = properties.objects("nodeRangeProperties");
  if (ranges.empty() || ranges.size() > kRangesMax) {
    properties.refuse_it("nodeRangeProperties must have between 1 and 5 ranges");
  }
  std::set<std::int32_t> covered;
  for (const JsonObject& range : ranges) {
    const std::string target = range.required_text("targetNodes");
    std::optional<NodeRange> span = parse_target_nodes(target);
    if (!span || !cover(*span, nodes, covered)) {
      range.refuse_it("targetNodes " + target + " is not a range of nodes below numNodes");
      return;
    }
    read_range_contents(range, *span);
    definition.ranges.push_back(std::move(*span));
  }
  if (covered.size() != static_cast<std::size_t>(nodes)) {
    properties.refuse_it("nodeRangeProperties must cover every node");
  }
  definition.node_count = nodes;
  definition.main_node = main;
}

void read_node_overrides(const JsonObject& overrides, Submission& submission,
                         ContainerOverride (*read_container)(const JsonObject&)) {
  submission.node_count = overrides.integer("numNodes");
  for (const JsonObject& given : overrides.objects("nodePropertyOverrides")) {
    const std::string target = given.required_text("targetNodes");
    const std::optional<NodeRange> range = parse_target_nodes(target);
    if (!range) {
      given.refuse_it("targetNodes " + target + " is not a range of nodes");
      return;
    }
    for (const char* other : {"ecsPropertiesOverride", "eksPropertiesOverride"}) {
      if (!given.is_empty(other)) {
        given.refuse_it(std::string(other) + " of nodes is not supported: use containerOverrides");
      }
    }
    NodeOverride over{range->first, range->last, {}, {}};
    if (const auto container = given.object("containerOverrides")) {
      over.container = read_container(*container);
    }
    over.consumables = read_consumables(given, "consumableResourcePropertiesOverride");
    submission.node_overrides.push_back(std::move(over));
  }
}

void write_node_properties(JsonWriter& out, std::string_view as_given) {
  Result<JsonDocument> kept = JsonDocument::parse(as_given);
  const auto properties = kept ? kept->root().object("nodeProperties") : std::nullopt;
  if (!properties) {
    return;
  }
  out.name("nodeProperties").begin_object();
  out.members_of(properties->json(), {"nodeRangeProperties"});
  out.name("nodeRangeProperties").begin_list();
  for (const JsonObject& range : properties->objects("nodeRangeProperties")) {
    out.begin_object().members_of(range.json(), {"container"});
    if (range.has("container")) {
      out.name("container");
      write_container_properties(out, range.json("container"));
    }
    out.end_object();
  }
  out.end_list().end_object();
}

}  // namespace dray::wire
