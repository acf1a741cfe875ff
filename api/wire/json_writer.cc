#include "api/wire/json_writer.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace dray::wire {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Most texts are plain; they are copied without a detour.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

Json parse_object(std::string_view text) {
  Json value = text.empty() ? Json::object() : Json::parse(text, nullptr, false);
  return value.is_object() ? value : Json::object();
}

}  // namespace

void JsonWriter::comma() {
  if (needs_comma_) {
    out_ += ',';
  }
  needs_comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
  comma();
  out_ += '{';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_list() {
  comma();
  out_ += '[';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_list() {
  out_ += ']';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::name(std::string_view name) {
  text(name);
  out_ += ':';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  comma();
  if (is_plain(value)) {
    out_ += '"';
    out_ += value;
    out_ += '"';
  } else {
    out_ += text_of(Json(std::string(value)));
  }
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  comma();
  out_ += std::to_string(value);
  return *this;
}

JsonWriter& JsonWriter::flag(bool value) {
  comma();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::json(std::string_view text) {
  comma();
  out_ += text;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view member, std::string_view value) {
  return name(member).text(value);
}

JsonWriter& JsonWriter::number(std::string_view member, std::int64_t value) {
  return name(member).number(value);
}

JsonWriter& JsonWriter::number(std::string_view member, std::optional<std::int64_t> value) {
  return value ? number(member, *value) : *this;
}

JsonWriter& JsonWriter::flag(std::string_view member, bool value) {
  return name(member).flag(value);
}

JsonWriter& JsonWriter::json(std::string_view member, std::string_view text) {
  return name(member).json(text);
}

JsonWriter& JsonWriter::text_if_any(std::string_view member, std::string_view value) {
  return value.empty() ? *this : text(member, value);
}

JsonWriter& JsonWriter::texts(std::string_view member, const std::vector<std::string>& values) {
  name(member).begin_list();
  for (const std::string& value : values) {
    text(value);
  }
  return end_list();
}

JsonWriter& JsonWriter::text_map(std::string_view member,
                                 const std::map<std::string, std::string>& values) {
  name(member).begin_object();
  for (const auto& [key, value] : values) {
    text(key, value);
  }
  return end_object();
}

JsonWriter& JsonWriter::empty_list(std::string_view member) {
  return name(member).begin_list().end_list();
}

JsonWriter& JsonWriter::members_of(std::string_view object,
                                   std::initializer_list<std::string_view> except,
                                   std::initializer_list<std::string_view> lists) {
  std::string asked(object);
  for (const auto& names : {except, lists}) {
    asked += '\n';
    for (const std::string_view name : names) {
      asked += name;
      asked += ' ';
    }
  }
  if (asked != asked_) {
    JsonWriter members;
    members.write_members(object, except, lists);
    asked_ = std::move(asked);
    written_ = members.take();
  }
  if (!written_.empty()) {
    json(written_);
  }
  return *this;
}

void JsonWriter::write_members(std::string_view object,
                               std::initializer_list<std::string_view> except,
                               std::initializer_list<std::string_view> lists) {
  const Json parsed = parse_object(object);
  for (const auto& [key, value] : parsed.items()) {
    if (std::find(except.begin(), except.end(), key) == except.end()) {
      json(key, text_of(value));
    }
  }
  for (const std::string_view list : lists) {
    if (!parsed.contains(list)) {
      empty_list(list);
    }
  }
}

}  // namespace dray::wire
