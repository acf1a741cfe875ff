#include <string>
#include <utility>

#include "model/catalogue_words.h"
#include "scheduler/core/turn.h"

/// TagResource and UntagResource.
namespace dray {
namespace {

/// The tags after the change, or a refusal that has been made.
bool retag(Turn& turn, Tags& tags, const TagChange& change) {
  change_tags(tags, change);
  if (tags.size() > kTagsMax) {
    turn.refuse(ErrorCode::BadRequest, "A resource can have at most 50 tags");
    return false;
  }
  return true;
}

/// Changes the tags in a copy of the row and puts it.
template <class Row, class Put>
void retag_row(Turn& turn, Row row, const TagChange& change, Put put) {
  if (retag(turn, row.tags, change)) {
    turn.put(put(std::move(row)));
    turn.reply(Done{});
  }
}

void refuse_missing(Turn& turn, const ResourceName& resource) {
  turn.refuse(ErrorCode::NotFound, missing({resource.kind, resource.name}));
}

void retag_definition(Turn& turn, const ResourceName& resource, const TagChange& change) {
  const auto& definitions = turn.state().definitions();
  const auto revisions = definitions.find(resource.name);
  if (revisions == definitions.end() || !revisions->second.contains(resource.revision)) {
    refuse_missing(turn, resource);
    return;
  }
  retag_row(turn, revisions->second.at(resource.revision), change,
            [](JobDefinition row) { return DefinitionPut{std::move(row)}; });
}

/// The row of this key in one of the State's maps, if it is there.
template <class Map, class Key, class Put>
void retag_in(Turn& turn, const Map& rows, const Key& key, const ResourceTagged& event, Put put) {
  const auto found = rows.find(key);
  if (found == rows.end()) {
    refuse_missing(turn, event.resource);
    return;
  }
  retag_row(turn, found->second, event.change, put);
}

}  // namespace

void take(Turn& turn, const ResourceTagged& event) {
  const State& state = turn.state();
  const ResourceName& resource = event.resource;
  switch (resource.kind) {
    case ResourceKind::Queue:
      retag_in(turn, state.queues(), resource.name, event,
               [](JobQueue row) { return QueuePut{std::move(row)}; });
      return;
    case ResourceKind::Environment:
      retag_in(turn, state.environments(), resource.name, event,
               [](ComputeEnvironment row) { return EnvironmentPut{std::move(row)}; });
      return;
    case ResourceKind::Definition:
      retag_definition(turn, resource, event.change);
      return;
    case ResourceKind::Job:
      turn.put(JobTagged{resource.job.uuid, event.change});
      turn.reply(Done{});
      return;
    case ResourceKind::SchedulingPolicy:
    case ResourceKind::ConsumableResource:
    case ResourceKind::ServiceEnvironment:
    case ResourceKind::QuotaShare:
      retag_in(turn, state.catalogue(), EntryKey{resource.kind, resource.name}, event,
               [](CatalogueEntry row) { return EntryPut{std::move(row)}; });
      return;
  }
}

}  // namespace dray
