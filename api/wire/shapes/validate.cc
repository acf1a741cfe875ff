#include "api/wire/shapes/validate.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

namespace dray::wire {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kBeginning = "1 validation error detected: Value ";

/// A place in the request, for the text of a refusal; made without allocating.
struct Where {
  const Where* parent = nullptr;
  std::string_view name;  ///< A member, or a key of a map.
  std::size_t index = 0;  ///< In a list: from 1, as AWS counts.
};

std::string text_of(const Where& where) {
  std::string text = where.parent == nullptr ? std::string() : text_of(*where.parent);
  if (where.index > 0) {
    return text + '.' + std::to_string(where.index) + ".member";
  }
  if (!text.empty() && !where.name.empty()) {
    text += '.';
  }
  return text + std::string(where.name);
}

Result<void> broken(const Where& where, std::string_view value, const std::string& constraint) {
  return refuse(ErrorCode::BadRequest, std::string(kBeginning) + std::string(value) +
                                           (value.empty() ? "at '" : " at '") + text_of(where) +
                                           "' failed to satisfy constraint: " + constraint);
}

Result<void> wrong_kind(const Where& where, const std::string& wanted) {
  return broken(where, "", "Member must be " + wanted);
}

/// Characters, as AWS counts them; the guard has seen that it is UTF-8.
std::int64_t characters(const std::string& text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

Result<void> check_bounds(std::int64_t measure, const Shape& shape, const Where& where,
                          const std::string& what) {
  if (measure < shape.min) {
    return broken(
        where, "",
        "Member must have " + what + " greater than or equal to " + std::to_string(shape.min));
  }
  if (measure > shape.max) {
    return broken(
        where, "",
        "Member must have " + what + " less than or equal to " + std::to_string(shape.max));
  }
  return {};
}

bool is_same(std::string_view a, std::string_view b, bool is_any_case) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [is_any_case](char x, char y) {
    return x == y || (is_any_case && std::toupper(static_cast<unsigned char>(x)) ==
                                         std::toupper(static_cast<unsigned char>(y)));
  });
}

Result<void> check_text(const Json& value, const Shape& shape, const Where& where) {
  if (shape.kind == Kind::Numeral && value.is_number()) {
    return {};
  }
  if (!value.is_string()) {
    return wrong_kind(where, "a string");
  }
  return check_bounds(characters(value.get_ref<const std::string&>()), shape, where, "length");
}

Result<void> check_choice(const Json& value, const Shape& shape, const Where& where) {
  if (!value.is_string()) {
    return wrong_kind(where, "a string");
  }
  const std::string& text = value.get_ref<const std::string&>();
  if (std::any_of(shape.choices.begin(), shape.choices.end(), [&](std::string_view choice) {
        return is_same(text, choice, shape.is_any_case);
      })) {
    return {};
  }
  std::string all;
  for (const std::string_view choice : shape.choices) {
    all += (all.empty() ? "" : ", ") + std::string(choice);
  }
  return broken(where, '\'' + text + '\'', "Member must satisfy enum value set: [" + all + ']');
}

Result<void> check_whole(const Json& value, const Shape& shape, const Where& where) {
  const double least = shape.kind == Kind::Integer ? -2147483648.0 : -9223372036854775808.0;
  const double most = shape.kind == Kind::Integer ? 2147483648.0 : 9223372036854775808.0;
  if (!value.is_number()) {
    return wrong_kind(where, "a whole number");
  }
  const auto number = value.get<double>();
  if (std::trunc(number) != number) {
    return wrong_kind(where, "a whole number");
  }
  // A long's very ends are told from what lies beyond by the reader; a double cannot.
  if (number < least || number > most || (shape.kind == Kind::Integer && number == most)) {
    return wrong_kind(where, shape.kind == Kind::Integer ? "within 32 bits" : "within 64 bits");
  }
  return check_bounds(
      number == most ? std::numeric_limits<std::int64_t>::max() : static_cast<std::int64_t>(number),
      shape, where, "value");
}

Result<void> check(const Json& value, const Shape& shape, const Where& where);

Result<void> check_structure(const Json& value, const Shape& shape, const Where& where) {
  if (!value.is_object()) {
    return wrong_kind(where, "an object");
  }
  for (const Member& member : shape.members) {
    if (member.place != Place::Body) {
      continue;
    }
    const Where inside{&where, member.name};
    const auto found = value.find(member.name);
    if (found == value.end() || found->is_null()) {
      if (member.is_required) {
        return broken(inside, "null", "Member must not be null");
      }
      continue;
    }
    if (member.shape->kind == Kind::Choice && !member.is_required && *found == "") {
      continue;
    }
    if (Result<void> good = check(*found, *member.shape, inside); !good) {
      return good;
    }
  }
  return {};
}

Result<void> check_list(const Json& value, const Shape& shape, const Where& where) {
  if (!value.is_array()) {
    return wrong_kind(where, "a list");
  }
  std::size_t index = 0;
  for (const Json& item : value) {
    if (Result<void> good = check(item, *shape.item, {&where, "", ++index}); !good) {
      return good;
    }
  }
  return check_bounds(static_cast<std::int64_t>(value.size()), shape, where, "length");
}

Result<void> check_map(const Json& value, const Shape& shape, const Where& where) {
  if (!value.is_object()) {
    return wrong_kind(where, "an object");
  }
  for (const auto& [key, item] : value.items()) {
    const Where inside{&where, key};
    Result<void> good = check_bounds(characters(key), *shape.key, inside, "a key of length");
    if (good) {
      good = check(item, *shape.item, inside);
    }
    if (!good) {
      return good;
    }
  }
  return check_bounds(static_cast<std::int64_t>(value.size()), shape, where, "length");
}

Result<void> check(const Json& value, const Shape& shape, const Where& where) {
  switch (shape.kind) {
    case Kind::Structure:
      return check_structure(value, shape, where);
    case Kind::List:
      return check_list(value, shape, where);
    case Kind::Map:
      return check_map(value, shape, where);
    case Kind::Text:
    case Kind::Numeral:
      return check_text(value, shape, where);
    case Kind::Choice:
      return check_choice(value, shape, where);
    case Kind::Integer:
    case Kind::Long:
      return check_whole(value, shape, where);
    case Kind::Float:
    case Kind::Double:
      return value.is_number() ? Result<void>() : wrong_kind(where, "a number");
    case Kind::Flag:
      return value.is_boolean() ? Result<void>() : wrong_kind(where, "true or false");
  }
  return {};
}

void drop_from(Json& value, const Shape& shape) {
  if (shape.kind == Kind::List || shape.kind == Kind::Map) {
    for (Json& item : value) {
      drop_from(item, *shape.item);
    }
  }
  if (shape.kind != Kind::Structure || !value.is_object()) {
    return;
  }
  for (auto member = value.begin(); member != value.end();) {
    const auto known =
        std::find_if(shape.members.begin(), shape.members.end(),
                     [&member](const Member& one) { return one.name == member.key(); });
    if (known == shape.members.end() || member->is_null()) {
      member = value.erase(member);
      continue;
    }
    drop_from(*member, *known->shape);
    ++member;
  }
}

}  // namespace

void drop_unknown(JsonDocument& document, const Shape& shape) {
  drop_from(*static_cast<Json*>(document.value()), shape);
}

Result<void> validate(const JsonDocument& document, const Shape& shape) {
  return check(*static_cast<const Json*>(document.value()), shape, Where());
}

}  // namespace dray::wire
