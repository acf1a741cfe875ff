#include "api/wire/client_access.h"

#include <nlohmann/json.hpp>

namespace dray::wire {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string word(const OrderedJson& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<std::int64_t> whole(const OrderedJson& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_number_integer()
             ? std::optional(found->get<std::int64_t>())
             : std::nullopt;
}

std::string on_a_line(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

KeyView key_of(const OrderedJson& json) {
  KeyView key;
  key.id = word(json, "accessKeyId");
  key.secret = word(json, "secretAccessKey");
  key.user = word(json, "user");
  key.role = word(json, "role");
  key.queues = word(json, "queues");
  key.status = word(json, "status");
  key.created_at_ms = whole(json, "createdAt").value_or(0);
  key.last_used_at_ms = whole(json, "lastUsedAt");
  key.json = on_a_line(json);
  return key;
}

AuditView audit_of(const OrderedJson& json) {
  AuditView view;
  view.at_ms = whole(json, "at").value_or(0);
  view.user = word(json, "user");
  view.action = word(json, "action");
  view.request_id = word(json, "requestId");
  view.status = whole(json, "status").value_or(0);
  for (const char* part : {"request", "answer"}) {
    const auto names = json.find(part);
    if (names == json.end() || !names->is_object()) {
      continue;
    }
    for (const auto& [name, value] : names->items()) {
      view.what += (view.what.empty() ? "" : " ") + name + '=' +
                   (value.is_string() ? value.get<std::string>() : "");
    }
  }
  if (view.what.empty()) {
    view.what = word(json, "target");
  }
  view.json = on_a_line(json);
  return view;
}

template <class View>
std::optional<std::vector<View>> all_of(std::string_view body, const char* name,
                                        View (*read)(const OrderedJson&)) {
  const OrderedJson json = OrderedJson::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains(name) || !json[name].is_array()) {
    return std::nullopt;
  }
  std::vector<View> views;
  for (const OrderedJson& one : json[name]) {
    if (one.is_object()) {
      views.push_back(read(one));
    }
  }
  return views;
}

}  // namespace

std::string encode_create_key(const std::string& user, const std::string& role,
                              const std::string& queues) {
  return on_a_line({{"user", user}, {"role", role}, {"queues", queues}});
}

std::optional<KeyView> decode_key(std::string_view body) {
  const OrderedJson json = OrderedJson::parse(body, nullptr, false);
  return json.is_object() ? std::optional(key_of(json)) : std::nullopt;
}

std::optional<std::vector<KeyView>> decode_keys(std::string_view body) {
  return all_of<KeyView>(body, "keys", key_of);
}

std::optional<std::vector<AuditView>> decode_audit(std::string_view body) {
  return all_of<AuditView>(body, "events", audit_of);
}

}  // namespace dray::wire
