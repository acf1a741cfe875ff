#include <utility>

#include "scheduler/service/backend.h"
#include "scheduler/service/master_key.h"

/// Keys, and the log of what was done with them.
namespace dray {
namespace {

/// How seldom a key's use is written.
constexpr std::int64_t kUseApartMs = 60'000;

}  // namespace

std::shared_ptr<const auth::KeySet> ServiceBackend::keys() {
  return keys_.keys();
}

void ServiceBackend::note_key_used(const auth::Key& key) {
  const std::int64_t now = clock_.wall().epoch_ms;
  std::int64_t before = key.used_ms;
  if (now - before < kUseApartMs || !key.used_ms.compare_exchange_strong(before, now)) {
    return;
  }
  inbox_.post({AccessKeyUsed{key.caller.key_id}, {}}, Inbox::Sender::Door);
}

std::string ServiceBackend::session_secret() {
  return std::string(reinterpret_cast<const char*>(keys_.master().data()), keys_.master().size());
}

Result<std::vector<AccessKey>> ServiceBackend::access_keys() {
  return keys_.list();
}

Result<api::CreatedKey> ServiceBackend::create_access_key(std::string user, Role role,
                                                          std::string queues) {
  FreshKey fresh = make_access_key(keys_.master(), std::move(user), role, std::move(queues));
  const Result<void> created = tell(AccessKeyCreated{fresh.key});
  if (!created) {
    return tl::unexpected(created.error());
  }
  return api::CreatedKey{std::move(fresh.key), std::move(fresh.secret)};
}

Result<void> ServiceBackend::switch_access_key(std::string id, bool is_active) {
  return tell(AccessKeySwitched{std::move(id), is_active});
}

Result<void> ServiceBackend::delete_access_key(std::string id) {
  return tell(AccessKeyDeleted{std::move(id)});
}

void ServiceBackend::append_audit(const std::string& line) {
  audit_.append(line);
}

Result<std::vector<std::string>> ServiceBackend::newest_audit(std::size_t lines_max) {
  return audit_.newest(lines_max);
}

}  // namespace dray
