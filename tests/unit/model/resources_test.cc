#include "model/resources.h"

#include <limits>

#include <gtest/gtest.h>

namespace dray {
namespace {

TEST(Resources, FitInOnlyWhenEveryPartDoes) {
  const Resources room{.milli_vcpus = 2000, .memory_mib = 1024, .gpus = 1};
  EXPECT_TRUE(room.fits_in(room));
  EXPECT_FALSE((Resources{.milli_vcpus = 2001}).fits_in(room));
  EXPECT_FALSE((Resources{.memory_mib = 1025}).fits_in(room));
  EXPECT_FALSE((Resources{.gpus = 2}).fits_in(room));
}

TEST(Resources, SayWhatIsShortPartByPart) {
  const Resources request{.milli_vcpus = 4000, .memory_mib = 512, .gpus = 1};
  const Resources room{.milli_vcpus = 1500, .memory_mib = 1024};
  EXPECT_EQ(shortage(request, room), (Resources{.milli_vcpus = 2500, .gpus = 1}));
}

TEST(Resources, AreWrittenForPeople) {
  EXPECT_EQ(to_string(Resources{.milli_vcpus = 1000, .memory_mib = 512}), "1 vCPU, 512 MiB");
  EXPECT_EQ(to_string(Resources{.milli_vcpus = 250, .memory_mib = 64, .gpus = 1}),
            "0.25 vCPUs, 64 MiB, 1 GPU");
  EXPECT_EQ(to_string(Resources{.milli_vcpus = 2500, .memory_mib = 1, .gpus = 2}),
            "2.5 vCPUs, 1 MiB, 2 GPUs");
  EXPECT_EQ(to_string(Resources{.milli_vcpus = 1005}), "1.005 vCPUs, 0 MiB");
}

TEST(ResourcesDeathTest, TakingWhatIsNotThereIsABrokenInvariant) {
  Resources room{.milli_vcpus = 1000, .memory_mib = 10};
  EXPECT_DEATH(room -= (Resources{.memory_mib = 11}), "CHECK failed");
  Resources large{.memory_mib = std::numeric_limits<std::int64_t>::max()};
  EXPECT_DEATH(large += (Resources{.memory_mib = 1}), "CHECK failed");
}

}  // namespace
}  // namespace dray
