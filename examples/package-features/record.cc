#include "examples/package-features/record.h"

#include <algorithm>
#include <cctype>

namespace package_features {

namespace {

constexpr std::string_view kFirstField = "Package:";

/// Takes the first line off `text`, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  return line;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

std::optional<std::string_view> RecordCutter::next() {
  while (!rest_.empty()) {
    const std::string_view begin = rest_;
    std::size_t taken = 0;
    bool has_package = false;
    while (!rest_.empty()) {
      std::string_view after = rest_;
      const std::string_view line = take_line(after);
      const bool is_package = line.starts_with(kFirstField);
      if (is_package && has_package) {
        break;
      }
      has_package = has_package || is_package;
      rest_ = after;
      if (line.empty()) {
        break;
      }
      taken = begin.size() - rest_.size();
    }
    if (taken > 0) {
      return begin.substr(0, taken);
    }
  }
  return std::nullopt;
}

Fields parse_fields(std::string_view record) {
  Fields fields;
  Fields::iterator last = fields.end();
  while (!record.empty()) {
    const std::string_view line = take_line(record);
    if (line.starts_with(' ') || line.starts_with('\t')) {
      if (last != fields.end()) {
        last->second.append(" ").append(trimmed(line));
      }
      continue;
    }
    last = fields.end();
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
      continue;
    }
    const auto [field, is_new] =
        fields.emplace(lower(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    last = is_new ? field : fields.end();
  }
  return fields;
}

}  // namespace package_features
