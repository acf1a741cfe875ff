#include "api/wire/dray_access.h"

#include <algorithm>
#include <array>

#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"

namespace dray::wire {
namespace {

/// Members that name things, in requests and answers.
constexpr std::array<std::string_view, 16> kNames{"jobName",
                                                  "jobQueue",
                                                  "jobQueueName",
                                                  "jobDefinition",
                                                  "jobDefinitionName",
                                                  "jobId",
                                                  "arrayJob",
                                                  "reason",
                                                  "computeEnvironment",
                                                  "computeEnvironmentName",
                                                  "accessKeyId",
                                                  "user",
                                                  "role",
                                                  "queues",
                                                  "state",
                                                  "name"};

void write_names(JsonWriter& out, std::string_view member, std::string_view body) {
  Result<JsonDocument> document = JsonDocument::parse(body);
  if (!document) {
    return;
  }
  const JsonObject root = document->root();
  JsonWriter names;
  names.begin_object();
  bool has_any = false;
  for (const std::string_view name : kNames) {
    const std::optional<std::string> text = root.maybe_text(name);
    if (text && !text->empty()) {
      names.text(name, std::string_view(*text).substr(0, 512));
      has_any = true;
    }
  }
  names.end_object();
  if (has_any) {
    out.json(member, names.take());
  }
}

void write_key(JsonWriter& out, const AccessKey& key) {
  out.text("accessKeyId", key.id).text("user", key.user).text("role", name_of(key.role));
  out.text("queues", key.queues).text("status", key.is_active ? "Active" : "Inactive");
  out.number("createdAt", key.created_at.epoch_ms);
  if (key.last_used_at) {
    out.number("lastUsedAt", key.last_used_at->epoch_ms);
  }
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-.@+=,").find(c) != std::string_view::npos;
  });
}

bool is_pattern(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-*?").find(c) != std::string_view::npos;
  });
}

}  // namespace

Result<SignIn> decode_sign_in(std::string_view body) {
  Result<JsonDocument> document = JsonDocument::parse(body);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const JsonObject root = document->root();
  SignIn given{root.required_text("accessKeyId"), root.required_text("secretAccessKey")};
  if (document->refusal()) {
    return tl::unexpected(*document->refusal());
  }
  return given;
}

std::string encode_caller(const Caller& caller) {
  JsonWriter out;
  out.begin_object().text("accessKeyId", caller.key_id).text("user", caller.user);
  out.text("role", name_of(caller.role)).text("queues", caller.queues).end_object();
  return out.take();
}

Result<KeyAsked> decode_create_key(std::string_view body) {
  Result<JsonDocument> document = JsonDocument::parse(body);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const JsonObject root = document->root();
  KeyAsked asked;
  asked.user = root.required_text("user");
  const std::string role = root.required_text("role");
  asked.queues = root.maybe_text("queues").value_or("*");
  if (document->refusal()) {
    return tl::unexpected(*document->refusal());
  }
  if (!is_name(asked.user)) {
    return refuse(ErrorCode::BadRequest,
                  "user must be 1 to 64 letters, digits or characters of _-.@+=,");
  }
  const std::optional<Role> known = parse_role(role);
  if (!known) {
    return refuse(ErrorCode::BadRequest, "role must be viewer, submitter, operator or admin");
  }
  asked.role = *known;
  if (!is_pattern(asked.queues)) {
    return refuse(ErrorCode::BadRequest,
                  "queues must be the name of a queue; * and ? stand for any text or character");
  }
  if (asked.role == Role::Admin && !is_for_all_queues(asked.queues)) {
    return refuse(ErrorCode::BadRequest, "An admin's key is for all queues");
  }
  return asked;
}

std::string encode_created_key(const AccessKey& key, std::string_view secret) {
  JsonWriter out;
  out.begin_object();
  write_key(out, key);
  out.text("secretAccessKey", secret).end_object();
  return out.take();
}

std::string encode_keys(const std::vector<AccessKey>& keys) {
  JsonWriter out;
  out.begin_object().name("keys").begin_list();
  for (const AccessKey& key : keys) {
    out.begin_object();
    write_key(out, key);
    out.end_object();
  }
  out.end_list().end_object();
  return out.take();
}

std::string encode_audit(const AuditEntry& entry) {
  JsonWriter out;
  out.begin_object().number("at", entry.at.epoch_ms);
  out.text_if_any("user", entry.caller.user).text_if_any("accessKeyId", entry.caller.key_id);
  out.text_if_any("peer", entry.peer).text("requestId", entry.request_id);
  out.text("action", entry.action).text("target", entry.target).number("status", entry.status);
  write_names(out, "request", entry.body);
  write_names(out, "answer", entry.answer);
  out.end_object();
  return out.take();
}

std::string encode_audit_lines(const std::vector<std::string>& lines) {
  JsonWriter out;
  out.begin_object().name("events").begin_list();
  for (const std::string& line : lines) {
    if (JsonDocument::parse(line)) {  // The last one may be half, after a full disk.
      out.json(line);
    }
  }
  out.end_list().end_object();
  return out.take();
}

std::string encode_query_error(std::string_view code, std::string_view reason,
                               std::string_view request_id) {
  std::string out = R"(<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>)"
                    "<Type>Sender</Type><Code>";
  out += code;
  out += "</Code><Message>";
  for (const char c : reason) {
    out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  }
  out += "</Message></Error><RequestId>";
  out += request_id;
  out += "</RequestId></ErrorResponse>";
  return out;
}

}  // namespace dray::wire
