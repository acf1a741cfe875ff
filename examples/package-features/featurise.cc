#include <iostream>
#include <string>
#include <utility>
#include <variant>

#include "examples/package-features/durable_file.h"
#include "examples/package-features/features.h"
#include "examples/package-features/record.h"
#include "examples/package-features/steps.h"

namespace package_features {

Part featurise_text(std::string_view shard) {
  Part part;
  RecordCutter cutter(shard);
  while (const std::optional<std::string_view> record = cutter.next()) {
    ++part.counts.records;
    std::variant<Package, Malformed> cleaned = clean(parse_fields(*record));
    if (Malformed* malformed = std::get_if<Malformed>(&cleaned)) {
      ++part.counts.rejected;
      part.rejected.push_back(std::move(*malformed));
      continue;
    }
    Package& package = std::get<Package>(cleaned);
    ++part.counts.kept;
    part.counts.repaired += package.was_repaired ? 1 : 0;
    FeatureCounts features = features_of(package.description);
    package.description.clear();
    part.rows.push_back({std::move(package), std::move(features)});
  }
  return part;
}

void featurise(const Layout& layout, std::uint32_t shard) {
  const Part part = featurise_text(read_file(layout.shard(shard)));
  DurableFile file(layout.part(shard));
  file.write(format_part(part));
  file.publish();
  std::cout << "shard " << shard << ": " << part.counts.records << " records, " << part.counts.kept
            << " kept, " << part.counts.repaired << " repaired, " << part.counts.rejected
            << " rejected\n";
}

}  // namespace package_features
