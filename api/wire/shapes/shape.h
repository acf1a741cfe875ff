#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

/// What requests and answers of AWS Batch look like, as data: written down once in the texts of
/// this folder, and used to validate requests and to describe the interface.
namespace dray::wire {

enum class Kind : std::uint8_t {
  Structure,
  List,
  Map,  ///< From texts to `item`.
  Text,
  Numeral,  ///< A text that is a number; a number is taken too (some clients send one).
  Choice,   ///< A text out of `choices`.
  Integer,  ///< 32 bits.
  Long,     ///< 64 bits.
  Float,
  Double,
  Flag,
};

/// Where a member of a request travels.
enum class Place : std::uint8_t { Body, Path, Query };

struct Shape;

struct Member {
  std::string_view name;
  const Shape* shape = nullptr;
  bool is_required = false;
  Place place = Place::Body;
};

/// One type. The bounds are of a number's value, a text's characters, a list's or map's size.
struct Shape {
  std::string_view name;  ///< Of structures only.
  Kind kind = Kind::Structure;
  std::vector<Member> members;
  const Shape* key = nullptr;   ///< Of a map.
  const Shape* item = nullptr;  ///< Of a list or map.
  std::vector<std::string_view> choices;
  bool is_any_case = false;  ///< Choices are compared without regard to case.
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

struct OperationShape {
  std::string_view name;    ///< "SubmitJob".
  std::string_view method;  ///< "POST".
  std::string_view path;    ///< "/v1/submitjob"; "/v1/tags/{resourceArn}".
  const Shape* input = nullptr;
  const Shape* output = nullptr;
};

/// All operations of AWS Batch, grouped as the texts are.
std::span<const OperationShape> operation_shapes();
/// By name ("SubmitJob"), which must be one of AWS Batch's.
const OperationShape& operation_shape(std::string_view name);

}  // namespace dray::wire
