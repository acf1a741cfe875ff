#include <iostream>
#include <string>
#include <vector>

#include "examples/package-features/durable_file.h"
#include "examples/package-features/failure.h"
#include "examples/package-features/record.h"
#include "examples/package-features/steps.h"

namespace package_features {

void split(const Layout& layout, const std::filesystem::path& index, std::uint32_t shards) {
  if (shards < 1 || shards > 10'000) {
    throw Failure("the number of shards is 1 to 10000");
  }
  const std::string text = read_file(index);
  RecordCutter cutter(text);
  std::optional<std::string_view> record = cutter.next();
  std::string manifest = "shard\trecords\tbytes\n";
  std::uint64_t total = 0;
  for (std::uint32_t shard = 0; shard < shards; ++shard) {
    // A record belongs to the shard in whose even share of the bytes it begins.
    const std::size_t share_end = text.size() / shards * (shard + 1);
    const bool is_last = shard + 1 == shards;
    DurableFile file(layout.shard(shard));
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
    for (; record; record = cutter.next()) {
      const auto begin = static_cast<std::size_t>(record->data() - text.data());
      if (begin >= share_end && !is_last) {
        break;
      }
      file.write(*record);
      file.write("\n");
      ++records;
      bytes += record->size() + 1;
    }
    file.publish();
    total += records;
    manifest += std::to_string(shard) + "\t" + std::to_string(records) + "\t" +
                std::to_string(bytes) + "\n";
  }
  DurableFile file(layout.manifest());
  file.write(manifest);
  file.publish();
  std::cout << "split " << total << " records into " << shards << " shards\n";
}

}  // namespace package_features
