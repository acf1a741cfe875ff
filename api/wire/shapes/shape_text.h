#pragma once
#include <deque>
#include <map>
#include <string_view>
#include <vector>

#include "api/wire/shapes/shape.h"

namespace dray::wire {

/// Reads the language the shapes are written in:
///   operation  = Name METHOD /path  in STRUCTURE  out STRUCTURE
///   structure  = Name STRUCTURE          STRUCTURE = { member: type; member: type }
///   member     = name, with ! when required, with @path or @query when not in the body
///   type       = str | numeral | int | long | float | double | bool | Name | (ONE|OTHER)
///                | ~(ONE|OTHER) in any case | [type] a list | {type: type} a map
///                each followed by <min..max> when it is bounded; either bound may be left out
/// A structure may be used before it is written, and in another text. The texts are part of the
/// program: one that is broken ends it (CHECK). Views into the texts are kept.
class ShapeReader {
 public:
  void read(std::string_view text);
  /// After the last text: every structure that was named has been written.
  void check_complete() const;
  [[nodiscard]] const std::vector<OperationShape>& operations() const { return operations_; }

 private:
  std::string_view next();
  [[nodiscard]] std::string_view peek();
  bool accept(std::string_view token);
  void expect(std::string_view token);
  void read_members(Shape& structure);
  const Shape* read_type();
  void read_choices(Shape& shape);
  void read_bounds(Shape& shape);
  Shape& structure(std::string_view name);

  std::string_view rest_;
  std::deque<Shape> shapes_;  ///< A deque: shapes point at each other.
  std::map<std::string_view, Shape*> structures_;
  std::map<std::string_view, bool> is_written_;
  std::vector<OperationShape> operations_;
};

}  // namespace dray::wire
