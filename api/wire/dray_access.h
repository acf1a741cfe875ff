#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/access.h"
#include "model/error.h"

/// Keys, sessions and the audit log, under /dray/v1 (docs/api.md).
namespace dray::wire {

/// {"accessKeyId","secretAccessKey"}
struct SignIn {
  std::string key_id;
  std::string secret;
};
Result<SignIn> decode_sign_in(std::string_view body);
/// {"accessKeyId","user","role","queues"}
std::string encode_caller(const Caller& caller);

/// {"user","role","queues"}: checked.
struct KeyAsked {
  std::string user;
  Role role = Role::Viewer;
  std::string queues = "*";
};
Result<KeyAsked> decode_create_key(std::string_view body);
std::string encode_created_key(const AccessKey& key, std::string_view secret);
std::string encode_keys(const std::vector<AccessKey>& keys);

/// A change, for the audit log.
struct AuditEntry {
  WallTime at;
  Caller caller;  ///< Empty when nobody was recognised.
  std::string peer;
  std::string request_id;
  std::string action;
  std::string target;
  int status = 0;
  std::string_view body;    ///< Of the request: the names of things are taken from it.
  std::string_view answer;  ///< Its body: the names and ids of what was made.
};
/// One line of JSON. Holds no values of environment variables, parameters or commands.
std::string encode_audit(const AuditEntry& entry);
/// {"events":[...]} of such lines.
std::string encode_audit_lines(const std::vector<std::string>& lines);

/// An error as STS writes it: XML.
std::string encode_query_error(std::string_view code, std::string_view reason,
                               std::string_view request_id);

}  // namespace dray::wire
