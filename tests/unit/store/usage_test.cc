#include <gtest/gtest.h>

#include "tests/unit/store/store_room.h"

namespace dray {
namespace {

class UsageRows : public testing::Test {
 protected:
  UsageRows() {
    JobDefinition definition{.name = "d", .revision = 3};
    definition.container.request = {1000, 512, 0};
    room.commit({QueuePut{{.name = "q"}}, QueuePut{{.name = "other"}}, DefinitionPut{definition}});
  }
  void add_job(std::uint64_t id, std::int32_t array_size, const std::string& queue = "q") {
    JobSpec spec = a_spec("job", array_size);
    spec.queue = queue;
    room.commit({JobAdded{a_job(id, spec, JobState::Succeeded)}});
  }
  void add_attempt(std::uint64_t job, std::int32_t child, std::int64_t mib, std::int64_t cpu_ms,
                   Outcome outcome = Outcome::Succeeded, AttemptNumber number = 1) {
    Attempt attempt = an_ended_attempt(job, child, outcome, true, number);
    attempt.started_at = WallTime{1'000};
    attempt.stopped_at = WallTime{11'000};
    attempt.end->usage = {cpu_ms, mib * 1024};
    room.commit({AttemptPut{attempt}});
  }
  DefinitionUsage usage(const UsageQuery& query) { return room.reader().usage(query).value(); }

  StoreRoom room;
};

TEST_F(UsageRows, AreThoseOfAttemptsThatRan) {
  add_job(1, 0);
  add_attempt(1, kNoChild, 100, 1'000, Outcome::OutOfMemory);
  add_attempt(1, kNoChild, 200, 20'000, Outcome::Succeeded, 2);
  add_job(2, 0);
  add_attempt(2, kNoChild, 9'000, 1, Outcome::Stopped);
  add_attempt(2, kNoChild, 9'000, 1, Outcome::Lost, 2);
  const DefinitionUsage found = usage({.definition = "d"});
  EXPECT_EQ(found.jobs, 1U);
  EXPECT_EQ(found.requested, (Resources{1000, 512, 0}));
  EXPECT_EQ(found.advice.attempts, 2U);
  EXPECT_EQ(found.advice.out_of_memory, 1U);
  EXPECT_EQ(found.advice.memory_mib->most, 200);
  EXPECT_EQ(found.advice.milli_vcpus->most, 2'000);
  EXPECT_EQ(usage({.definition = "d", .revision = 3}).advice.attempts, 2U);
  EXPECT_FALSE(room.reader().usage({.definition = "d", .revision = 4}));
  EXPECT_FALSE(room.reader().usage({.definition = "e"}));
}

TEST_F(UsageRows, LookAtChildrenAllOverAnArray) {
  add_job(1, 1'000);
  for (std::int32_t child = 0; child < 1'000; child += 5) {
    add_attempt(1, child, 1 + child, 1'000);
  }
  const DefinitionUsage found = usage({.definition = "d"});
  EXPECT_EQ(found.advice.attempts, 200U);
  EXPECT_EQ(found.advice.memory_mib->most, 996);
}

TEST_F(UsageRows, AreOfOwnQueuesOnly) {
  add_job(1, 0);
  add_attempt(1, kNoChild, 100, 1'000);
  add_job(2, 0, "other");
  add_attempt(2, kNoChild, 200, 1'000);
  EXPECT_EQ(usage({.definition = "d"}).advice.memory_mib->most, 200);
  EXPECT_EQ(usage({.definition = "d", .queues = "q*"}).advice.memory_mib->most, 100);
  EXPECT_EQ(usage({.definition = "d", .queues = "none"}).advice.attempts, 0U);
}

}  // namespace
}  // namespace dray
