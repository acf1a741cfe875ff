#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "examples/package-features/features.h"
#include "examples/package-features/package.h"

/// What one child hands to the reduce step: rows and counts, as lines with tabs.
namespace package_features {

/// One package with its features.
struct Row {
  Package package;  ///< Without its description.
  FeatureCounts features;
};

/// What became of the records of one part, or of all.
struct Counts {
  std::uint64_t records = 0;
  std::uint64_t kept = 0;
  std::uint64_t repaired = 0;  ///< Of those kept.
  std::uint64_t rejected = 0;
  Counts& operator+=(const Counts& other);
  bool operator==(const Counts&) const = default;
};

struct Part {
  std::vector<Row> rows;
  std::vector<Malformed> rejected;
  Counts counts;
};

std::string format_part(const Part& part);
/// Throws Failure when the text is not a whole part: its last line repeats the counts.
Part parse_part(std::string_view text);

/// Folders and files of one run.
struct Layout {
  std::filesystem::path work;
  [[nodiscard]] std::filesystem::path manifest() const { return work / "shards" / "manifest.tsv"; }
  [[nodiscard]] std::filesystem::path shard(std::uint32_t index) const;
  [[nodiscard]] std::filesystem::path part(std::uint32_t index) const;
  [[nodiscard]] std::filesystem::path reduced(const char* name) const {
    return work / "reduced" / name;
  }
  [[nodiscard]] std::filesystem::path set(const char* name) const { return work / "sets" / name; }
};

/// The pieces of `line` between `separator`s.
std::vector<std::string_view> pieces_of(std::string_view line, char separator);
/// Throws Failure unless `text` is a number and nothing else.
std::uint64_t parse_number(std::string_view text);

}  // namespace package_features
