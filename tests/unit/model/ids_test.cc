#include "model/ids.h"

#include <gtest/gtest.h>

namespace dray {
namespace {

TEST(Uuid, IsWrittenAsAwsWritesIt) {
  const Uuid uuid{0x4c7599ae0a8249aaULL, 0xba5a4727fcce14a8ULL};
  EXPECT_EQ(to_string(uuid), "4c7599ae-0a82-49aa-ba5a-4727fcce14a8");
  EXPECT_EQ(parse_uuid("4c7599ae-0a82-49aa-ba5a-4727fcce14a8"), uuid);
  EXPECT_EQ(parse_uuid("4C7599AE-0A82-49AA-BA5A-4727FCCE14A8"), uuid);
}

TEST(Uuid, RefusesEverythingElse) {
  for (const char* text :
       {"", "4c7599ae", "4c7599ae-0a82-49aa-ba5a-4727fcce14a",
        "4c7599ae-0a82-49aa-ba5a-4727fcce14a8f", "4c7599ae_0a82_49aa_ba5a_4727fcce14a8",
        "gc7599ae-0a82-49aa-ba5a-4727fcce14a8", "4c7599ae-0a82-49aa-ba5a-4727fcce14a8:1"}) {
    EXPECT_EQ(parse_uuid(text), std::nullopt) << text;
  }
}

TEST(Uuid, OfVersionFourKeepsTheOtherBits) {
  const Uuid uuid = as_uuid_v4({~0ULL, ~0ULL});
  EXPECT_EQ(to_string(uuid), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  EXPECT_EQ(to_string(as_uuid_v4({0, 0})), "00000000-0000-4000-8000-000000000000");
}

TEST(TaskId, IsTheAttemptsKey) {
  for (const AttemptKey& key : {AttemptKey{{JobId{1}, kNoChild}, 1}, AttemptKey{{JobId{42}, 0}, 3},
                                AttemptKey{{JobId{~0ULL}, 999'999}, 0xffffff}}) {
    EXPECT_EQ(task_id(key).size(), 32U);
    EXPECT_EQ(parse_task_id(task_id(key)), key);
  }
}

TEST(TaskId, RefusesWhatIsNone) {
  EXPECT_EQ(parse_task_id(""), std::nullopt);
  EXPECT_EQ(parse_task_id(std::string(31, '0')), std::nullopt);
  EXPECT_EQ(parse_task_id(std::string(32, 'x')), std::nullopt);
  EXPECT_EQ(parse_task_id("0000000000000001ffffffffff000001"), std::nullopt);
}

}  // namespace
}  // namespace dray
