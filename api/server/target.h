#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dray::server {

/// A target taken apart, still percent-encoded.
struct Target {
  std::string_view path;
  std::string_view query;
};
Target split_target(std::string_view target);

/// Undoes percent-encoding, once. Nothing when it is broken or hides a NUL.
std::optional<std::string> percent_decode(std::string_view text);
/// The first value of a query's item, decoded; nothing when there is none or it is broken.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

/// All values of items of that name, decoded, in order; nothing when one is broken.
std::optional<std::vector<std::string>> query_values(std::string_view query, std::string_view name);

/// The number that `query` gives `name`, `otherwise` when it gives none; nothing when it is no
/// whole number.
std::optional<std::uint64_t> number_in_query(std::string_view query, std::string_view name,
                                             std::uint64_t otherwise);
/// Takes the next part of a path off, without its slash.
std::string_view take_part(std::string_view& path);

}  // namespace dray::server
