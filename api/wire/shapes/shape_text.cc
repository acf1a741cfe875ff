#include "api/wire/shapes/shape_text.h"

#include <array>
#include <charconv>
#include <utility>

#include "model/check.h"

namespace dray::wire {
namespace {

constexpr std::string_view kSpace = " \n";
/// What ends a word. A path holds braces, and is read to the next space.
constexpr std::string_view kMarks = "{}[]()<>|:;!@~";

constexpr std::array<std::pair<std::string_view, Kind>, 7> kPlainKinds{{
    {"str", Kind::Text},
    {"numeral", Kind::Numeral},
    {"int", Kind::Integer},
    {"long", Kind::Long},
    {"float", Kind::Float},
    {"double", Kind::Double},
    {"bool", Kind::Flag},
}};

std::int64_t bound_of(std::string_view digits, std::int64_t otherwise) {
  if (digits.empty()) {
    return otherwise;
  }
  std::int64_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  CHECK(result.ec == std::errc() && result.ptr == digits.data() + digits.size());
  return value;
}

}  // namespace

std::string_view ShapeReader::peek() {
  const std::size_t begin = rest_.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) {
    return {};
  }
  rest_.remove_prefix(begin);
  if (rest_.front() == '/') {
    return rest_.substr(0, rest_.find_first_of(kSpace));
  }
  if (kMarks.find(rest_.front()) != std::string_view::npos) {
    return rest_.substr(0, 1);
  }
  return rest_.substr(0, rest_.find_first_of(" \n{}[]()<>|:;!@~"));
}

std::string_view ShapeReader::next() {
  const std::string_view token = peek();
  CHECK(!token.empty());
  rest_.remove_prefix(token.size());
  return token;
}

bool ShapeReader::accept(std::string_view token) {
  if (peek() != token) {
    return false;
  }
  next();
  return true;
}

void ShapeReader::expect(std::string_view token) {
  CHECK(next() == token);
}

Shape& ShapeReader::structure(std::string_view name) {
  Shape*& found = structures_[name];
  if (found == nullptr) {
    found = &shapes_.emplace_back();
    found->name = name;
  }
  return *found;
}

void ShapeReader::read(std::string_view text) {
  rest_ = text;
  while (!peek().empty()) {
    const std::string_view name = next();
    if (peek() == "{") {
      CHECK(!std::exchange(is_written_[name], true));
      read_members(structure(name));
      continue;
    }
    OperationShape operation;
    operation.name = name;
    operation.method = next();
    operation.path = next();
    Shape& input = shapes_.emplace_back();
    Shape& output = shapes_.emplace_back();
    expect("in");
    read_members(input);
    expect("out");
    read_members(output);
    operation.input = &input;
    operation.output = &output;
    operations_.push_back(operation);
  }
}

void ShapeReader::check_complete() const {
  CHECK(is_written_.size() == structures_.size());
}

void ShapeReader::read_members(Shape& structure) {
  expect("{");
  while (!accept("}")) {
    Member member;
    member.name = next();
    member.is_required = accept("!");
    if (accept("@")) {
      member.place = next() == "path" ? Place::Path : Place::Query;
    }
    expect(":");
    member.shape = read_type();
    structure.members.push_back(member);
    accept(";");
  }
}

const Shape* ShapeReader::read_type() {
  Shape shape;
  const std::string_view token = next();
  if (token == "[") {
    shape.kind = Kind::List;
    shape.item = read_type();
    expect("]");
  } else if (token == "{") {
    shape.kind = Kind::Map;
    shape.key = read_type();
    expect(":");
    shape.item = read_type();
    expect("}");
  } else if (token == "(" || token == "~") {
    shape.is_any_case = token == "~";
    if (shape.is_any_case) {
      expect("(");
    }
    read_choices(shape);
  } else {
    for (const auto& [word, kind] : kPlainKinds) {
      if (word == token) {
        shape.kind = kind;
      }
    }
    if (shape.kind == Kind::Structure) {
      return &structure(token);
    }
  }
  read_bounds(shape);
  return &shapes_.emplace_back(std::move(shape));
}

void ShapeReader::read_choices(Shape& shape) {
  shape.kind = Kind::Choice;
  do {
    shape.choices.push_back(next());
  } while (accept("|"));
  expect(")");
}

void ShapeReader::read_bounds(Shape& shape) {
  if (!accept("<")) {
    return;
  }
  const std::string_view range = next();
  const std::size_t dots = range.find("..");
  CHECK(dots != std::string_view::npos);
  shape.min = bound_of(range.substr(0, dots), shape.min);
  shape.max = bound_of(range.substr(dots + 2), shape.max);
  expect(">");
}

}  // namespace dray::wire
