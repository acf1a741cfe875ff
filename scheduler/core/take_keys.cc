#include <algorithm>
#include <utility>

#include "scheduler/core/turn.h"

namespace dray {
namespace {

/// AWS: two keys a user, so that one can be replaced while the other works.
constexpr std::ptrdiff_t kKeysAUserMax = 2;

bool is_last_admin(const State& state, const AccessKey& key) {
  const auto is_admin = [](const auto& one) {
    return one.second.is_active && one.second.role == Role::Admin;
  };
  return key.is_active && key.role == Role::Admin &&
         std::count_if(state.access_keys().begin(), state.access_keys().end(), is_admin) == 1;
}

bool has_two_active(const State& state, const std::string& user) {
  return std::count_if(state.access_keys().begin(), state.access_keys().end(),
                       [&user](const auto& one) {
                         return one.second.is_active && one.second.user == user;
                       }) >= kKeysAUserMax;
}

void refuse_unknown(Turn& turn, const std::string& id) {
  turn.refuse(ErrorCode::NotFound, "The access key " + id + " does not exist");
}

void refuse_third(Turn& turn, const std::string& user) {
  turn.refuse(ErrorCode::Conflict,
              "The user " + user + " has two active access keys: disable or delete one first");
}

constexpr const char* kLastAdmin =
    "This is the last active admin key: create another first, or nobody could make keys any more";

}  // namespace

void take(Turn& turn, const AccessKeyCreated& event) {
  if (turn.state().access_keys().contains(event.key.id)) {
    turn.refuse(ErrorCode::Conflict, "Object already exists");
    return;
  }
  if (has_two_active(turn.state(), event.key.user)) {
    refuse_third(turn, event.key.user);
    return;
  }
  AccessKey key = event.key;
  key.created_at = turn.at();
  turn.put(AccessKeyPut{std::move(key)});
  turn.reply(Done{});
}

void take(Turn& turn, const AccessKeySwitched& event) {
  const auto found = turn.state().access_keys().find(event.id);
  if (found == turn.state().access_keys().end()) {
    refuse_unknown(turn, event.id);
    return;
  }
  AccessKey key = found->second;
  if (!event.is_active && is_last_admin(turn.state(), key)) {
    turn.refuse(ErrorCode::Conflict, kLastAdmin);
    return;
  }
  if (event.is_active && !key.is_active && has_two_active(turn.state(), key.user)) {
    refuse_third(turn, key.user);
    return;
  }
  key.is_active = event.is_active;
  turn.put(AccessKeyPut{std::move(key)});
  turn.reply(Done{});
}

void take(Turn& turn, const AccessKeyDeleted& event) {
  const auto found = turn.state().access_keys().find(event.id);
  if (found == turn.state().access_keys().end()) {
    refuse_unknown(turn, event.id);
    return;
  }
  if (is_last_admin(turn.state(), found->second)) {
    turn.refuse(ErrorCode::Conflict, kLastAdmin);
    return;
  }
  turn.put(AccessKeyGone{event.id});
  turn.reply(Done{});
}

void take(Turn& turn, const AccessKeyUsed& event) {
  const auto found = turn.state().access_keys().find(event.id);
  if (found == turn.state().access_keys().end()) {
    return;  // Deleted meanwhile.
  }
  AccessKey key = found->second;
  key.last_used_at = turn.at();
  turn.put(AccessKeyPut{std::move(key)});
}

}  // namespace dray
