#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/ids.h"
#include "model/instant.h"

/// Who may do what.
namespace dray {

/// Each may do what those before it may.
enum class Role : std::uint8_t {
  Viewer,     ///< Looks.
  Submitter,  ///< Submits jobs, registers definitions, ends jobs.
  Operator,   ///< Makes, changes and deletes queues and environments; drains agents.
  Admin,      ///< Makes keys; reads the audit log.
};
std::string_view name_of(Role role);  ///< "submitter"
std::optional<Role> parse_role(std::string_view name);

/// What a user signs with. The secret is sealed: only the scheduler's master key opens it.
struct AccessKey {
  std::string id;
  std::string user;
  Role role = Role::Viewer;
  std::string queues =
      "*";  ///< The names of the queues that exist for it; '*' and '?' as in a shell.
  std::string sealed_secret;
  bool is_active = true;
  WallTime created_at;
  std::optional<WallTime> last_used_at;  ///< To the minute.
  bool operator==(const AccessKey&) const = default;
};

/// Whether the key is for every queue there is or may be.
inline bool is_for_all_queues(std::string_view pattern) {
  return pattern == "*";
}
/// '*' stands for any text, '?' for one character; case counts.
bool matches_queue(std::string_view pattern, std::string_view queue);

/// Who asks.
struct Caller {
  std::string key_id;
  std::string user;
  Role role = Role::Viewer;
  std::string queues;
};

/// What makes a repeated request known: hashes of the access key with the client's name for the
/// invocation, and of the body.
struct Invocation {
  Uuid key;
  Uuid body;
  bool operator==(const Invocation&) const = default;
};

}  // namespace dray
