#include <utility>

#include "scheduler/service/backend.h"

/// Scheduling policies and their kin, tags, and what stands at the front of a queue.
namespace dray {
namespace {

template <class Answer>
Result<Answer> answer_in(Result<Reply> reply) {
  if (!reply) {
    return tl::unexpected(reply.error());
  }
  auto* answer = std::get_if<Answer>(&*reply);
  if (answer == nullptr) {
    return refuse(ErrorCode::Internal, "The scheduler gave an answer that does not fit.");
  }
  return std::move(*answer);
}

}  // namespace

Result<void> ServiceBackend::create_entry(CatalogueEntry entry) {
  return tell(EntryCreated{std::move(entry)});
}

Result<void> ServiceBackend::update_entry(EntryUpdate update) {
  return tell(EntryUpdated{std::move(update)});
}

Result<void> ServiceBackend::delete_entry(EntryKey key) {
  return tell(EntryDeleted{std::move(key)});
}

Result<std::vector<CatalogueEntry>> ServiceBackend::entries(ResourceKind kind,
                                                            std::vector<std::string> names) {
  return reader_.entries(kind, names);
}

Result<std::map<std::string, std::int64_t>> ServiceBackend::consumables_in_use() {
  return answer_in<ConsumablesInUse>(ask(ConsumablesAsked{})).map([](ConsumablesInUse&& in_use) {
    return std::move(in_use.quantities);
  });
}

Result<std::int64_t> ServiceBackend::change_quantity(QuantityChange change) {
  return answer_in<QuantityNow>(ask(QuantityChanged{std::move(change)}))
      .map([](const QuantityNow& now) { return now.total; });
}

Result<void> ServiceBackend::change_tags(ResourceName resource, TagChange change) {
  return tell(ResourceTagged{std::move(resource), std::move(change)});
}

Result<QueueSnapshot> ServiceBackend::queue_snapshot(std::string name) {
  return answer_in<QueueSnapshot>(ask(SnapshotAsked{std::move(name)}));
}

}  // namespace dray
