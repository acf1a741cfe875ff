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

/// The first and the last node.
using NodeRange = std::pair<std::int32_t, std::int32_t>;

std::optional<std::int32_t> parse_node(std::string_view text) {
  std::int32_t node = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), node);
  if (error != std::errc() || end != text.data() + text.size() || node < 0) {
    return std::nullopt;
  }
  return node;
}

/// `a:b`, `:b`, `a:`, and `a`, which AWS takes too.
std::optional<NodeRange> parse_target_nodes(std::string_view text, std::int32_t nodes) {
  const std::size_t colon = text.find(':');
  const std::string_view low = text.substr(0, colon);
  const std::string_view high = colon == std::string_view::npos ? low : text.substr(colon + 1);
  const auto first = low.empty() && colon != std::string_view::npos ? 0 : parse_node(low);
  const auto last = high.empty() && !low.empty() ? nodes - 1 : parse_node(high);
  if (!first || !last || *first > *last || *last >= nodes) {
    return std::nullopt;
  }
  return NodeRange{*first, *last};
}

void read_range_contents(const JsonObject& range) {
  const auto container = range.object("container");
  const auto ecs = range.object("ecsProperties");
  const auto eks = range.object("eksProperties");
  if (int(container.has_value()) + int(ecs.has_value()) + int(eks.has_value()) != 1) {
    range.refuse_it(
        "Each node range must have exactly one of container, ecsProperties and eksProperties");
  } else if (container) {
    read_container_properties(*container);
  } else if (ecs) {
    read_ecs_properties(*ecs);
  } else {
    read_eks_properties(*eks);
  }
  read_consumables(range, "consumableResourceProperties");
}

}  // namespace

void read_node_properties(const JsonObject& properties) {
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
    const std::optional<NodeRange> span = parse_target_nodes(target, nodes);
    if (!span) {
      range.refuse_it("targetNodes " + target + " is not a range of nodes below numNodes");
      return;
    }
    for (std::int32_t node = span->first; node <= span->second; ++node) {
      covered.insert(node);
    }
    read_range_contents(range);
  }
  if (covered.size() != static_cast<std::size_t>(nodes)) {
    properties.refuse_it("nodeRangeProperties must cover every node");
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
