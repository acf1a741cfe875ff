#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Keys and the audit log from the client's side.
namespace dray::wire {

struct KeyView {
  std::string json;
  std::string id;
  std::string secret;  ///< Only of one just made.
  std::string user;
  std::string role;
  std::string queues;
  std::string status;
  std::int64_t created_at_ms = 0;
  std::optional<std::int64_t> last_used_at_ms;
};

struct AuditView {
  std::string json;
  std::int64_t at_ms = 0;
  std::string user;
  std::string action;
  std::string what;  ///< The names of things in it, NAME=VALUE.
  std::string request_id;
  std::int64_t status = 0;
};

std::string encode_create_key(const std::string& user, const std::string& role,
                              const std::string& queues);
std::optional<KeyView> decode_key(std::string_view body);
std::optional<std::vector<KeyView>> decode_keys(std::string_view body);
std::optional<std::vector<AuditView>> decode_audit(std::string_view body);

}  // namespace dray::wire
