#include <string>

#include <gtest/gtest.h>

#include "scheduler/core/invariants.h"
#include "scheduler/core/share_use.h"
#include "tests/support/desk.h"

namespace dray {
namespace {

class Shares : public testing::Test {
 protected:
  Shares() {
    desk_.set_up();
    desk_.take(EntryCreated{{.key = kPolicy, .fair_share = FairShare{.decay_seconds = 60}}});
    desk_.take(QueueCreated{
        {.name = "fair", .priority = 1, .environments = {"ce"}, .scheduling_policy = "P"}});
    desk_.join("a1", {4000, 4096, 0});
  }
  ~Shares() override { EXPECT_EQ(desk_.complaints, std::vector<std::string>{}); }

  static Submission of_share(const std::string& share) {
    Submission submission = Desk::submission("job");
    submission.queue = "fair";
    submission.share_identifier = share;
    submission.scheduling_priority = 0;
    return submission;
  }
  bool knows(const std::string& share) const {
    return desk_.state.shares().contains({"fair", share});
  }

  const EntryKey kPolicy{ResourceKind::SchedulingPolicy, "P"};
  Desk desk_;
};

TEST_F(Shares, AreBoundedInNumber) {
  desk_.inspects = false;
  for (int i = 0; i < 2'500; ++i) {
    desk_.put(of_share("s" + std::to_string(i)));
    desk_.begin_all("a1");
    desk_.pass(std::chrono::milliseconds(10));
    desk_.run_dry();
    EXPECT_LE(desk_.state.shares().size(), 1'002U);
  }
  EXPECT_TRUE(knows("s2499"));
  EXPECT_FALSE(knows("s7")) << "it has used least of what is left";
  EXPECT_EQ(broken_invariants(desk_.state), std::vector<std::string>{});
}

TEST_F(Shares, AreChargedForAllNodesOfAGang) {
  desk_.put(Desk::submission("full", {4000, 512, 0}));
  std::vector<Uuid> gangs;
  std::vector<Uuid> singles;
  for (int i = 0; i < 2; ++i) {
    Submission gang = of_share("a");
    gang.definition = "nodes";
    gang.node_count = 4;
    gangs.push_back(desk_.put(gang));
  }
  for (int i = 0; i < 5; ++i) {
    singles.push_back(desk_.put(of_share("b")));
  }
  const Reply reply = desk_.take(SnapshotAsked{"fair"});
  std::vector<Uuid> order;
  for (const FrontJob& one : std::get<QueueSnapshot>(reply).front) {
    order.push_back(one.job.uuid);
  }
  EXPECT_EQ(order, (std::vector<Uuid>{gangs[0], singles[0], singles[1], singles[2], singles[3],
                                      gangs[1], singles[4]}));
}

TEST_F(Shares, GoWithTheirQueue) {
  desk_.put(of_share("idle"));
  desk_.begin_all("a1");
  desk_.pass(std::chrono::seconds(1));
  desk_.run_dry();
  desk_.put(of_share("runs"));
  desk_.begin_all("a1");
  ASSERT_TRUE(knows("idle") && knows("runs"));
  desk_.take(QueueUpdated{{.name = "fair", .is_enabled = false}});
  EXPECT_TRUE(std::holds_alternative<Done>(desk_.take(QueueDeleted{"fair"})));
  EXPECT_FALSE(knows("idle"));
  desk_.take(QueueCreated{
      {.name = "fair", .priority = 1, .environments = {"ce"}, .scheduling_policy = "P"}});
  desk_.pass(std::chrono::seconds(1));
  desk_.restart();
  desk_.say_hello("a1");
  desk_.run_dry();
  EXPECT_TRUE(desk_.state.jobs().empty());
}

TEST_F(Shares, KeepTheirUseOverARestart) {
  desk_.put(of_share("s"));
  desk_.begin_all("a1");
  desk_.pass(std::chrono::seconds(60));
  const ShareKey key{"fair", "s"};
  const auto use = [&] {
    const ShareEntry& entry = desk_.state.shares().at(key);
    return grown(entry.use, entry.held, desk_.now - entry.as_of, std::chrono::seconds(60));
  };
  const ShareUse before = use();
  EXPECT_NEAR(static_cast<double>(before.vcpus), 500.0 * (1 << 28), 1 << 10);
  desk_.restart();
  EXPECT_EQ(use(), before);
  desk_.say_hello("a1");
  desk_.run_dry();
}

TEST_F(Shares, FollowAChangeOfThePolicy) {
  Submission heavy = of_share("heavy");
  heavy.array_size = 16;
  Submission light = of_share("light");
  light.array_size = 16;
  desk_.put(heavy);
  desk_.put(light);
  const auto holds = [&](const std::string& share) {
    return desk_.state.shares().at({"fair", share}).held.milli_vcpus;
  };
  EXPECT_EQ(holds("heavy"), 4000) << "the other came later";
  desk_.take(EntryUpdated{
      {.key = kPolicy, .fair_share = FairShare{.shares = {{"light", ShareWeight::kOne / 4}}}}});
  desk_.run_dry(8);
  EXPECT_EQ(holds("light"), 3000);
  EXPECT_EQ(holds("heavy"), 1000);
  desk_.run_dry();
}

TEST_F(Shares, AreLimitedAsByAwsWhenThatIsAsked) {
  Desk strict(Settings{.compat_strict = true});
  strict.inspects = false;
  strict.set_up();
  strict.take(EntryCreated{{.key = kPolicy}});
  strict.take(QueueCreated{
      {.name = "fair", .priority = 1, .environments = {"ce"}, .scheduling_policy = "P"}});
  for (int i = 0; i < 500; ++i) {
    strict.put(of_share("s" + std::to_string(i)));
  }
  strict.put(of_share("s7"));
  EXPECT_TRUE(std::holds_alternative<Error>(strict.submit(of_share("more"))));
}

}  // namespace
}  // namespace dray
