#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "examples/package-features/failure.h"
#include "examples/package-features/steps.h"

namespace {

using package_features::Failure;
using package_features::Layout;

constexpr std::string_view kUsage =
    "usage: package-features split INDEX SHARDS WORK   index file -> WORK/shards\n"
    "       package-features featurise WORK            one shard -> WORK/features; which one says\n"
    "                                                  AWS_BATCH_JOB_ARRAY_INDEX (absent: 0)\n"
    "       package-features reduce WORK               WORK/features -> WORK/reduced\n"
    "       package-features partition WORK [PERCENT]  WORK/reduced -> WORK/sets (validation: "
    "20)\n";

std::uint32_t number(std::string_view text) {
  const std::uint64_t value = package_features::parse_number(text);
  if (value > 1'000'000) {
    throw Failure("too large: " + std::string(text));
  }
  return static_cast<std::uint32_t>(value);
}

bool run(const std::vector<std::string>& arguments) {
  const std::string step = arguments.empty() ? "" : arguments[0];
  if (step == "split" && arguments.size() == 4) {
    package_features::split(Layout{arguments[3]}, arguments[1], number(arguments[2]));
  } else if (step == "featurise" && arguments.size() == 2) {
    const char* index = std::getenv("AWS_BATCH_JOB_ARRAY_INDEX");
    package_features::featurise(Layout{arguments[1]}, index == nullptr ? 0 : number(index));
  } else if (step == "reduce" && arguments.size() == 2) {
    package_features::reduce(Layout{arguments[1]});
  } else if (step == "partition" && (arguments.size() == 2 || arguments.size() == 3)) {
    package_features::partition(Layout{arguments[1]},
                                arguments.size() == 3 ? number(arguments[2]) : 20);
  } else {
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (run({argv + 1, argv + argc})) {
      return 0;
    }
    std::cerr << kUsage;
    return 2;
  } catch (const std::exception& failure) {
    std::cerr << "package-features: " << failure.what() << "\n";
    return 1;
  }
}
