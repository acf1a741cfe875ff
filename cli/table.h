#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "cli/terminal.h"

namespace dray::cli {

struct Column {
  std::string title;
  bool is_number = false;  ///< To the right.
  bool shrinks = false;    ///< May be cut with "…" when a terminal is too narrow; ids never are.
};

struct Cell {
  std::string text;
  Paint paint = Paint::None;
};

/// Rows under titles, two spaces between columns. As wide as its contents; on a terminal the widest
/// columns that may shrink do so, and piped everything is written in full.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// As many cells as there are columns. Texts are made harmless here.
  void add(std::vector<Cell> cells);
  [[nodiscard]] bool is_empty() const { return rows_.empty(); }
  /// `width` 0: no limit.
  [[nodiscard]] std::string text(std::size_t width, bool with_color) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t width) const;
  void write_row(std::string& out, const std::vector<Cell>& row,
                 const std::vector<std::size_t>& widths, bool with_color) const;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace dray::cli
