#include "scheduler/core/invariants.h"

#include <gtest/gtest.h>

#include "scheduler/core/fingerprint.h"
#include "tests/support/desk.h"

namespace dray {
namespace {

/// Rows that no decision could have left behind.
TEST(Invariants, FindAJobWhoseStateIsNotThatOfItsAttempt) {
  Desk desk;
  desk.set_up();
  desk.join("a1", {1000, 1024, 0});
  const Uuid uuid = desk.put(Desk::submission("j"));
  EXPECT_TRUE(broken_invariants(desk.state).empty());
  Job job = desk.job(uuid);
  job.state = JobState::Runnable;
  dray::apply(desk.state, JobMoved{job}, desk.now);
  EXPECT_FALSE(broken_invariants(desk.state).empty());
}

TEST(Invariants, FindAnAgentThatReservesOverItsCapacity) {
  Desk desk;
  desk.set_up();
  desk.join("a1", {1000, 1024, 0});
  desk.put(Desk::submission("j"));
  Agent agent = desk.state.find_agent("a1")->agent;
  agent.capacity.milli_vcpus = 10;
  dray::apply(desk.state, AgentPut{agent}, desk.now);
  EXPECT_FALSE(broken_invariants(desk.state).empty());
}

TEST(Invariants, FindAnEndThatMoved) {
  Desk desk;
  desk.set_up();
  Submission it = Desk::submission("j");
  it.array_size = 2;
  const Uuid uuid = desk.put(it);
  desk.take(JobCancelled{uuid, 0, {"c", "ann"}});
  const State before = desk.state;
  desk.take(JobCancelled{uuid, 1, {"c", "ann"}});
  EXPECT_TRUE(broken_between(before, desk.state).empty());
  State other(desk.state.settings());
  EXPECT_FALSE(broken_between(before, other).empty());
}

TEST(Fingerprint, SeesEveryChangeOfARow) {
  Desk desk;
  desk.set_up();
  std::string last = fingerprint(desk.state);
  const auto changes = [&] {
    const std::string now = fingerprint(desk.state);
    return std::exchange(last, now) != now;
  };
  desk.join("a1", {1000, 1024, 0});
  EXPECT_TRUE(changes());
  const Uuid uuid = desk.put(Desk::submission("j"));
  EXPECT_TRUE(changes());
  desk.begin_all("a1");
  EXPECT_TRUE(changes());
  desk.take(JobTerminated{uuid, kNoChild, {"t", "ann"}});
  EXPECT_TRUE(changes());
  desk.renew("a1");
  EXPECT_FALSE(changes()) << "a lease is no row";
}

}  // namespace
}  // namespace dray
