#include <algorithm>

#include "model/catalogue_words.h"
#include "tests/support/fake_backend.h"

/// The fake's policies and their kin: kept, and asked for no rules.
namespace dray::test {

Result<void> FakeBackend::create_entry(CatalogueEntry entry) {
  const std::lock_guard lock(mutex);
  const EntryKey key = entry.key;
  if (!catalogue_.try_emplace(key, std::move(entry)).second) {
    return refuse(ErrorCode::Conflict, "Object already exists");
  }
  return {};
}

Result<void> FakeBackend::update_entry(EntryUpdate update) {
  const std::lock_guard lock(mutex);
  const auto found = catalogue_.find(update.key);
  if (found == catalogue_.end()) {
    return refuse(ErrorCode::NotFound, missing(update.key));
  }
  CatalogueEntry& entry = found->second;
  entry.is_enabled = update.is_enabled.value_or(entry.is_enabled);
  entry.as_given = update.as_given.value_or(entry.as_given);
  return {};
}

Result<void> FakeBackend::delete_entry(EntryKey key) {
  const std::lock_guard lock(mutex);
  if (catalogue_.erase(key) == 0) {
    return refuse(ErrorCode::NotFound, missing(key));
  }
  return {};
}

Result<std::vector<CatalogueEntry>> FakeBackend::entries(ResourceKind kind,
                                                         std::vector<std::string> names) {
  const std::lock_guard lock(mutex);
  std::vector<CatalogueEntry> found;
  for (const auto& [key, entry] : catalogue_) {
    const bool is_asked =
        names.empty() || std::find(names.begin(), names.end(), key.name) != names.end();
    if (key.kind == kind && is_asked) {
      found.push_back(entry);
    }
  }
  return found;
}

Result<std::int64_t> FakeBackend::change_quantity(QuantityChange change) {
  const std::lock_guard lock(mutex);
  const auto found = catalogue_.find({ResourceKind::ConsumableResource, change.name});
  if (found == catalogue_.end()) {
    return refuse(ErrorCode::NotFound, missing({ResourceKind::ConsumableResource, change.name}));
  }
  return found->second.stock->total = change.quantity;
}

Result<void> FakeBackend::change_tags(ResourceName resource, TagChange change) {
  const std::lock_guard lock(mutex);
  if (const auto queue = queues_.find(resource.name); queue != queues_.end()) {
    dray::change_tags(queue->second.tags, change);
  }
  return {};
}

Result<QueueSnapshot> FakeBackend::queue_snapshot(std::string name) {
  const std::lock_guard lock(mutex);
  if (!queues_.contains(name)) {
    return refuse(ErrorCode::NotFound, "JobQueue " + name + " does not exist");
  }
  return QueueSnapshot();
}

}  // namespace dray::test
