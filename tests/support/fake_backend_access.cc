#include "tests/support/fake_backend.h"

/// Keys of the fake: their secrets are "secret of ID".
namespace dray::test {

std::shared_ptr<const auth::KeySet> FakeBackend::keys() {
  const std::lock_guard lock(mutex);
  return std::make_shared<const auth::KeySet>(open_keys);
}

void FakeBackend::note_key_used(const auth::Key& key) {
  key.used_ms = 1;
}

Result<std::vector<AccessKey>> FakeBackend::access_keys() {
  const std::lock_guard lock(mutex);
  std::vector<AccessKey> keys;
  for (const auto& [id, key] : known_keys) {
    keys.push_back(key);
  }
  return keys;
}

Result<api::CreatedKey> FakeBackend::create_access_key(std::string user, Role role,
                                                       std::string queues) {
  const std::lock_guard lock(mutex);
  AccessKey key;
  key.id = "KEY" + std::to_string(known_keys.size() + 1);
  key.user = std::move(user);
  key.role = role;
  key.queues = std::move(queues);
  known_keys[key.id] = key;
  auto open = std::make_shared<auth::Key>();
  open->caller = {key.id, key.user, key.role, key.queues};
  open->secret = "secret of " + key.id;
  open_keys[key.id] = open;
  return api::CreatedKey{key, open->secret};
}

Result<void> FakeBackend::switch_access_key(std::string id, bool is_active) {
  const std::lock_guard lock(mutex);
  if (!known_keys.contains(id)) {
    return refuse(ErrorCode::NotFound, "The access key " + id + " does not exist");
  }
  known_keys[id].is_active = is_active;
  if (!is_active) {
    open_keys.erase(id);
  }
  return {};
}

Result<void> FakeBackend::delete_access_key(std::string id) {
  const std::lock_guard lock(mutex);
  open_keys.erase(id);
  if (known_keys.erase(id) == 0) {
    return refuse(ErrorCode::NotFound, "The access key " + id + " does not exist");
  }
  return {};
}

void FakeBackend::append_audit(const std::string& line) {
  const std::lock_guard lock(mutex);
  audit.push_back(line);
}

Result<std::vector<std::string>> FakeBackend::newest_audit(std::size_t lines_max) {
  const std::lock_guard lock(mutex);
  const std::size_t count = std::min(lines_max, audit.size());
  return std::vector<std::string>(audit.end() - static_cast<std::ptrdiff_t>(count), audit.end());
}

}  // namespace dray::test
