#pragma once
#include <cstdint>
#include <filesystem>

#include "examples/package-features/part.h"

/// The four steps of the pipeline. Each reads files of the run's folder and publishes new ones, may
/// be run again at any time with the same result, prints one line, and throws Failure.
namespace package_features {

/// index -> shards/: whole records, in order, cut where the bytes are balanced. 1 to 10,000 shards.
void split(const Layout& layout, const std::filesystem::path& index, std::uint32_t shards);

/// One shard -> features/part-N.tsv: clean, normalise, parse, hash.
void featurise(const Layout& layout, std::uint32_t shard);
/// What featurise makes of a shard's text.
Part featurise_text(std::string_view shard);

/// All parts -> reduced/: matrix.tsv, document_frequency.tsv, sections.tsv, rejected.tsv,
/// summary.json. The same bytes for any number of shards: rows are ordered by name, version and
/// architecture.
void reduce(const Layout& layout);

/// reduced/matrix.tsv -> sets/train.tsv and sets/validation.tsv, by a stable hash of the source
/// package: what was built from one source lands on one side, so that nothing leaks.
void partition(const Layout& layout, std::uint32_t validation_percent);

}  // namespace package_features
