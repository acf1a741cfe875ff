#include "model/child_runs.h"

#include <algorithm>
#include <charconv>

namespace dray {
namespace {

std::optional<std::int32_t> parse_index(std::string_view text) {
  std::int32_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  return is_whole && index >= 0 ? std::optional(index) : std::nullopt;
}

/// Runs that touch or overlap become one.
ChildRuns joined(ChildRuns runs) {
  std::sort(runs.begin(), runs.end());
  ChildRuns out;
  for (const auto& [first, last] : runs) {
    if (!out.empty() && static_cast<std::int64_t>(first) <= std::int64_t{out.back().second} + 1) {
      out.back().second = std::max(out.back().second, last);
    } else {
      out.emplace_back(first, last);
    }
  }
  return out;
}

}  // namespace

std::optional<ChildRuns> parse_child_runs(std::string_view text) {
  ChildRuns runs;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view one = text.substr(0, comma);
    const std::size_t dash = one.find('-');
    const auto first = parse_index(one.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_index(one.substr(dash + 1));
    if (!first || !last || *last < *first) {
      return std::nullopt;
    }
    runs.emplace_back(*first, *last);
    if (comma == std::string_view::npos) {
      return joined(std::move(runs));
    }
    text.remove_prefix(comma + 1);
  }
}

std::string to_text(const ChildRuns& runs) {
  std::string text;
  for (const auto& [first, last] : runs) {
    text += (text.empty() ? "" : ",") + std::to_string(first);
    text += first == last ? "" : "-" + std::to_string(last);
  }
  return text;
}

bool has_child(const ChildRuns& runs, std::int32_t child) {
  const auto after =
      std::upper_bound(runs.begin(), runs.end(), child,
                       [](std::int32_t wanted, const auto& run) { return wanted < run.first; });
  return after != runs.begin() && child <= std::prev(after)->second;
}

ChildRuns together(ChildRuns runs, const ChildRuns& others) {
  runs.insert(runs.end(), others.begin(), others.end());
  return joined(std::move(runs));
}

ChildRuns without(const ChildRuns& runs, const ChildRuns& others) {
  ChildRuns out;
  for (auto [first, last] : runs) {
    auto other =
        std::lower_bound(others.begin(), others.end(), first,
                         [](const auto& run, std::int32_t child) { return run.second < child; });
    bool has_more = true;
    for (; has_more && other != others.end() && other->first <= last; ++other) {
      if (first < other->first) {
        out.emplace_back(first, other->first - 1);
      }
      has_more = other->second < last;
      first = has_more ? other->second + 1 : first;
    }
    if (has_more) {
      out.emplace_back(first, last);
    }
  }
  return out;
}

ChildRuns within(const ChildRuns& runs, std::int32_t size) {
  ChildRuns out;
  for (const auto& [first, last] : runs) {
    if (first < size) {
      out.emplace_back(first, std::min(last, size - 1));
    }
  }
  return out;
}

}  // namespace dray
