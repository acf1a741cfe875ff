#include "cli/selectors.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "model/child_runs.h"
#include "model/ids.h"

namespace dray::cli {
namespace {

constexpr std::int32_t kArraySizeMax = 1'000'000;
constexpr std::size_t kPrefixMin = 4;
constexpr std::size_t kNameMax = 128;

/// The whole text as a number that is not negative.
std::optional<std::int32_t> parse_count(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0) {
    return std::nullopt;
  }
  return value;
}

bool is_prefix_of_uuid(std::string_view text) {
  return text.size() >= kPrefixMin && text.size() < 36 &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isxdigit(c) != 0 || c == '-'; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

std::string JobSelector::with_child(const std::string& uuid) const {
  return child ? uuid + (is_node ? "#" : ":") + std::to_string(*child) : uuid;
}

std::optional<JobSelector> parse_selector(std::string_view text) {
  JobSelector selector;
  const std::size_t job = text.starts_with("arn:") ? text.rfind(":job/") : 0;
  if (job == std::string_view::npos) {
    return std::nullopt;
  }
  const std::size_t begin = text.starts_with("arn:") ? job + 5 : 0;
  std::string_view id = text.substr(begin);
  const std::size_t colon = id.find_first_of(":#");
  if (colon != std::string_view::npos) {
    selector.child = parse_count(id.substr(colon + 1));
    if (!selector.child) {
      return std::nullopt;
    }
    selector.is_node = id[colon] == '#';
    id = id.substr(0, colon);
  }
  if (id == "last") {
    selector.kind = JobSelector::Kind::Last;
    return selector;
  }
  selector.id = lower(id);
  if (parse_uuid(id)) {
    return selector;
  }
  if (!is_prefix_of_uuid(id)) {
    return std::nullopt;
  }
  selector.kind = JobSelector::Kind::Prefix;
  return selector;
}

std::pair<std::string, std::string> split_children(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || !parse_child_runs(text.substr(colon + 1))) {
    return {std::string(text), ""};
  }
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

ChildRuns several_children(std::string_view children) {
  ChildRuns runs = parse_child_runs(children).value_or(ChildRuns());
  const bool is_one = children.find_first_of(",-") == std::string_view::npos;
  return is_one ? ChildRuns() : runs;
}

std::optional<std::int32_t> parse_array_size(std::string_view text) {
  std::optional<std::int32_t> size;
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) {
    size = parse_count(text);
  } else if (text.substr(0, dash) == "0") {
    size = parse_count(text.substr(dash + 1));
    if (size && *size < kArraySizeMax) {
      ++*size;
    } else {
      size.reset();
    }
  }
  return size && *size >= 2 && *size <= kArraySizeMax ? size : std::nullopt;
}

std::optional<wire::SubmitAsk::DependsOn> parse_dependency(std::string_view text) {
  if (text == "SEQUENTIAL") {
    return wire::SubmitAsk::DependsOn{"", "SEQUENTIAL"};
  }
  wire::SubmitAsk::DependsOn dependency;
  for (const std::string_view type : {"N_TO_N", "AFTER_ANY", "AFTER_NOT_OK"}) {
    if (text.ends_with(type) && text.substr(0, text.size() - type.size()).ends_with(':')) {
      dependency.type = type;
      text.remove_suffix(type.size() + 1);
      break;
    }
  }
  if (!parse_selector(text)) {
    return std::nullopt;
  }
  dependency.id = text;
  return dependency;
}

std::optional<std::pair<std::string, std::string>> parse_pair(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return std::nullopt;
  }
  return std::pair(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
}

std::string name_from(std::string_view text) {
  const std::size_t slash = text.find_last_not_of('/') == std::string_view::npos
                                ? std::string_view::npos
                                : text.rfind('/', text.find_last_not_of('/'));
  std::string name;
  for (const char c : slash == std::string_view::npos ? text : text.substr(slash + 1)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = byte < 128 && (std::isalnum(byte) != 0 || c == '_' || c == '-');
    if (is_plain && (!name.empty() || std::isalnum(byte) != 0)) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  while (name.ends_with('-')) {
    name.pop_back();
  }
  name.resize(std::min(name.size(), kNameMax));
  return name.empty() ? "job" : name;
}

}  // namespace dray::cli
