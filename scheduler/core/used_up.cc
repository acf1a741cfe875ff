#include "scheduler/core/used_up.h"

#include <algorithm>
#include <utility>

namespace dray {

void use_up_consumables(Turn& turn, const JobSpec& spec) {
  for (const ConsumableNeed& need : spec.consumables) {
    const auto& catalogue = turn.state().catalogue();
    const auto found = catalogue.find({ResourceKind::ConsumableResource, need.name});
    if (found == catalogue.end() || found->second.stock->is_replenishable) {
      continue;
    }
    CatalogueEntry entry = found->second;
    entry.stock->total = std::max<std::int64_t>(0, entry.stock->total - need.quantity);
    turn.put(EntryPut{std::move(entry)});
  }
}

}  // namespace dray
