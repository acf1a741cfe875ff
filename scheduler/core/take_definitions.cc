#include <string>
#include <utility>

#include "scheduler/core/turn.h"

namespace dray {

void take(Turn& turn, const DefinitionRegistered& event) {
  JobDefinition definition = event.definition;
  const auto revisions = turn.state().definitions().find(definition.name);
  definition.revision = 1;
  if (revisions != turn.state().definitions().end() && !revisions->second.empty()) {
    definition.revision = revisions->second.rbegin()->first + 1;
  }
  definition.status = DefinitionStatus::Active;
  const DefinitionAccepted accepted{definition.name, definition.revision};
  turn.put(DefinitionPut{std::move(definition)});
  turn.reply(accepted);
}

void take(Turn& turn, const DefinitionDeregistered& event) {
  const auto revisions = turn.state().definitions().find(event.name);
  const bool has_name = revisions != turn.state().definitions().end();
  if (!has_name || !revisions->second.contains(event.revision)) {
    turn.refuse(ErrorCode::NotFound, "JobDefinition " + event.name + ":" +
                                         std::to_string(event.revision) + " does not exist");
    return;
  }
  JobDefinition definition = revisions->second.at(event.revision);
  definition.status = DefinitionStatus::Inactive;
  turn.put(DefinitionPut{std::move(definition)});
  turn.reply(Done{});
}

}  // namespace dray
