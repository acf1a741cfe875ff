#include "scheduler/service/key_ring.h"

#include <optional>

#include <spdlog/spdlog.h>

#include "api/auth/sealing.h"

namespace dray {

void KeyRing::take(const Change& change) {
  const auto* put_key = std::get_if<AccessKeyPut>(&change);
  const auto* gone = std::get_if<AccessKeyGone>(&change);
  if (put_key == nullptr && gone == nullptr) {
    return;
  }
  const std::lock_guard lock(mutex_);
  if (put_key != nullptr) {
    put(put_key->key);
  } else {
    all_.erase(gone->id);
    open_.erase(gone->id);
  }
  publish();
}

void KeyRing::take(std::span<const Decision> decisions) {
  for (const Decision& decision : decisions) {
    for (const Change& change : decision.changes) {
      take(change);
    }
  }
}

void KeyRing::put(const AccessKey& key) {
  all_[key.id] = key;
  if (!key.is_active) {
    open_.erase(key.id);
    return;
  }
  if (open_.contains(key.id)) {
    return;  // Only its last use has changed: nothing else does.
  }
  std::optional<std::string> secret = auth::unseal(master_, key.id, key.sealed_secret);
  if (!secret) {
    spdlog::error("The access key {} cannot be opened with this master key.", key.id);
    return;
  }
  auto opened = std::make_shared<auth::Key>();
  opened->caller = {key.id, key.user, key.role, key.queues};
  opened->secret = std::move(*secret);
  opened->used_ms = key.last_used_at.value_or(WallTime{}).epoch_ms;
  open_[key.id] = std::move(opened);
}

void KeyRing::publish() {
  published_ = std::make_shared<const auth::KeySet>(open_);
}

std::shared_ptr<const auth::KeySet> KeyRing::keys() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

std::vector<AccessKey> KeyRing::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<AccessKey> keys;
  for (const auto& [id, key] : all_) {
    keys.push_back(key);
  }
  return keys;
}

}  // namespace dray
