#include "api/wire/json_reader.h"

#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "api/wire/json_guard.h"

namespace dray::wire {
namespace {

using Json = nlohmann::json;

const Json& as_json(const void* value) {
  return *static_cast<const Json*>(value);
}

/// The member, or nothing when it is absent or null.
const Json* member_of(const void* value, std::string_view name) {
  const Json& object = as_json(value);
  const auto found = object.find(std::string(name));
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string wrong_type(std::string_view name, std::string_view wanted) {
  return "Member " + std::string(name) + " must be " + std::string(wanted);
}

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A whole number in any JSON form (1700000000000, 1.7e12), when it is one and fits.
std::optional<std::int64_t> whole_number(const Json& value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it a double is no count any more.
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return std::nullopt;
    }
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) {
    return value.get<std::int64_t>();
  }
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    if (std::trunc(number) == number && number >= -kExact && number <= kExact) {
      return static_cast<std::int64_t>(number);
    }
  }
  return std::nullopt;
}

}  // namespace

struct JsonDocument::Tree {
  Json value;
};

JsonDocument::JsonDocument(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
JsonDocument::~JsonDocument() = default;
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;

Result<JsonDocument> JsonDocument::parse(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    body = "{}";
  }
  if (Result<void> guarded = guard_json(body); !guarded) {
    return tl::unexpected(guarded.error());
  }
  auto tree = std::make_unique<Tree>();
  tree->value = Json::parse(body, nullptr, false);
  if (!tree->value.is_object()) {
    return refuse(ErrorCode::BadRequest, std::string(kJsonBroken) + ": The body must be an object");
  }
  return JsonDocument(std::move(tree));
}

JsonObject JsonDocument::root() {
  return {&tree_->value, this};
}

const void* JsonDocument::value() const {
  return &tree_->value;
}

void* JsonDocument::value() {
  return &tree_->value;
}

void JsonObject::refuse_it(std::string reason) const {
  if (!document_->refusal_) {
    document_->refusal_ = Error{ErrorCode::BadRequest, std::move(reason)};
  }
}

bool JsonObject::has(std::string_view name) const {
  return member_of(value_, name) != nullptr;
}

std::string JsonObject::text(std::string_view name) const {
  return maybe_text(name).value_or(std::string());
}

std::optional<std::string> JsonObject::maybe_text(std::string_view name) const {
  const Json* member = member_of(value_, name);
  if (member == nullptr) {
    return std::nullopt;
  }
  if (!member->is_string()) {
    refuse_it(wrong_type(name, "a string"));
    return std::nullopt;
  }
  return member->get<std::string>();
}

std::string JsonObject::required_text(std::string_view name) const {
  std::string value = text(name);
  if (value.empty()) {
    refuse_it("Member " + std::string(name) + " is required");
  }
  return value;
}

std::string JsonObject::text_or_number(std::string_view name) const {
  const Json* member = member_of(value_, name);
  if (member != nullptr && member->is_number()) {
    return dump(*member);
  }
  return text(name);
}

std::optional<std::int64_t> JsonObject::long_integer(std::string_view name) const {
  const Json* member = member_of(value_, name);
  if (member == nullptr) {
    return std::nullopt;
  }
  const std::optional<std::int64_t> number = whole_number(*member);
  if (!number) {
    refuse_it(wrong_type(name, "a whole number"));
  }
  return number;
}

std::optional<std::int32_t> JsonObject::integer(std::string_view name) const {
  const std::optional<std::int64_t> number = long_integer(name);
  if (!number) {
    return std::nullopt;
  }
  if (*number < std::numeric_limits<std::int32_t>::min() ||
      *number > std::numeric_limits<std::int32_t>::max()) {
    refuse_it("Member " + std::string(name) + " is out of range");
    return std::nullopt;
  }
  return static_cast<std::int32_t>(*number);
}

std::optional<double> JsonObject::decimal(std::string_view name) const {
  const Json* member = member_of(value_, name);
  if (member == nullptr) {
    return std::nullopt;
  }
  if (!member->is_number()) {
    refuse_it(wrong_type(name, "a number"));
    return std::nullopt;
  }
  return member->get<double>();
}

std::optional<bool> JsonObject::flag(std::string_view name) const {
  const Json* member = member_of(value_, name);
  if (member == nullptr) {
    return std::nullopt;
  }
  if (!member->is_boolean()) {
    refuse_it(wrong_type(name, "true or false"));
    return std::nullopt;
  }
  return member->get<bool>();
}

std::optional<JsonObject> JsonObject::object(std::string_view name) const {
  const Json* member = member_of(value_, name);
  if (member == nullptr) {
    return std::nullopt;
  }
  if (!member->is_object()) {
    refuse_it(wrong_type(name, "an object"));
    return std::nullopt;
  }
  return JsonObject(member, document_);
}

std::vector<JsonObject> JsonObject::objects(std::string_view name) const {
  std::vector<JsonObject> result;
  const Json* member = member_of(value_, name);
  if (member == nullptr) {
    return result;
  }
  if (!member->is_array()) {
    refuse_it(wrong_type(name, "a list"));
    return result;
  }
  for (const Json& item : *member) {
    if (!item.is_object()) {
      refuse_it(wrong_type(name, "a list of objects"));
      return {};
    }
    result.push_back(JsonObject(&item, document_));
  }
  return result;
}

std::vector<std::string> JsonObject::texts(std::string_view name) const {
  std::vector<std::string> result;
  const Json* member = member_of(value_, name);
  if (member == nullptr) {
    return result;
  }
  if (!member->is_array()) {
    refuse_it(wrong_type(name, "a list"));
    return result;
  }
  for (const Json& item : *member) {
    if (!item.is_string()) {
      refuse_it(wrong_type(name, "a list of strings"));
      return {};
    }
    result.push_back(item.get<std::string>());
  }
  return result;
}

std::map<std::string, std::string> JsonObject::text_map(std::string_view name) const {
  std::map<std::string, std::string> result;
  const Json* member = member_of(value_, name);
  if (member == nullptr) {
    return result;
  }
  if (!member->is_object()) {
    refuse_it(wrong_type(name, "an object"));
    return result;
  }
  for (const auto& [key, item] : member->items()) {
    if (!item.is_string()) {
      refuse_it(wrong_type(name, "an object of strings"));
      return {};
    }
    result.emplace(key, item.get<std::string>());
  }
  return result;
}

bool JsonObject::is_empty(std::string_view name) const {
  const Json* member = member_of(value_, name);
  return member == nullptr || (member->is_structured() && member->empty());
}

std::vector<std::string> JsonObject::names() const {
  std::vector<std::string> result;
  for (const auto& item : as_json(value_).items()) {
    result.push_back(item.key());
  }
  return result;
}

std::string JsonObject::json(std::string_view name) const {
  const Json* member = member_of(value_, name);
  return member == nullptr ? std::string() : dump(*member);
}

std::string JsonObject::json() const {
  return dump(as_json(value_));
}

std::string JsonObject::json_only(std::initializer_list<std::string_view> names) const {
  Json kept = Json::object();
  for (const std::string_view name : names) {
    if (const Json* member = member_of(value_, name)) {
      kept[std::string(name)] = *member;
    }
  }
  return dump(kept);
}

std::string merge_objects(std::string_view under, std::string_view over) {
  const auto read = [](std::string_view text) {
    Json value = text.empty() ? Json::object() : Json::parse(text, nullptr, false);
    return value.is_object() ? value : Json::object();
  };
  Json merged = read(under);
  merged.update(read(over));
  return dump(merged);
}

}  // namespace dray::wire
