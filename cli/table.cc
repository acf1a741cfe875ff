#include "cli/table.h"

#include <algorithm>
#include <utility>

#include "model/check.h"

namespace dray::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kShrunkMin = 6;

}  // namespace

void Table::add(std::vector<Cell> cells) {
  CHECK(cells.size() == columns_.size());
  for (Cell& cell : cells) {
    cell.text = harmless(cell.text);
  }
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths(std::size_t width) const {
  std::vector<std::size_t> widths;
  std::size_t total = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = display_width(columns_[i].title);
    for (const std::vector<Cell>& row : rows_) {
      widest = std::max(widest, display_width(row[i].text));
    }
    widths.push_back(widest);
    total += widest + (i == 0 ? 0 : kGap);
  }
  while (width > 0 && total > width) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].shrinks && widths[i] > kShrunkMin &&
          (widest == nullptr || widths[i] > *widest)) {
        widest = &widths[i];
      }
    }
    if (widest == nullptr) {
      break;
    }
    --*widest;
    --total;
  }
  return widths;
}

void Table::write_row(std::string& out, const std::vector<Cell>& row,
                      const std::vector<std::size_t>& widths, bool with_color) const {
  std::string line;
  std::size_t owed =
      0;  // Spaces are written before the next text only, so that no line ends in one.
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string text = columns_[i].shrinks ? shortened(row[i].text, widths[i]) : row[i].text;
    const std::size_t used = display_width(text);
    const std::size_t padding = widths[i] > used ? widths[i] - used : 0;
    owed += i == 0 ? 0 : kGap;
    if (!text.empty()) {
      line.append(owed + (columns_[i].is_number ? padding : 0), ' ');
      line += painted(text, row[i].paint, with_color);
      owed = columns_[i].is_number ? 0 : padding;
    } else {
      owed += widths[i];
    }
  }
  out += line + "\n";
}

std::string Table::text(std::size_t width, bool with_color) const {
  const std::vector<std::size_t> sizes = widths(width);
  std::vector<Cell> titles;
  for (const Column& column : columns_) {
    titles.push_back({column.title, Paint::Bold});
  }
  std::string out;
  write_row(out, titles, sizes, with_color);
  for (const std::vector<Cell>& row : rows_) {
    write_row(out, row, sizes, with_color);
  }
  return out;
}

}  // namespace dray::cli
