#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace package_features {

/// The width of the feature matrix: words are hashed into so many columns.
inline constexpr std::uint32_t kFeatures = 1024;

/// FNV-1a, 64 bits: the same on every machine and in every release, unlike std::hash.
std::uint64_t stable_hash(std::string_view text);

/// The words of a text: letters and digits in lower case, at least two of them, without the few
/// English words that say nothing. Bytes over 127 are kept, so that UTF-8 words stay whole.
std::vector<std::string> words_of(std::string_view text);

/// How often each column occurs: column -> count, columns in order.
using FeatureCounts = std::map<std::uint32_t, std::uint32_t>;
FeatureCounts features_of(std::string_view text);

}  // namespace package_features
