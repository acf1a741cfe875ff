#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/desk.h"

namespace dray {
namespace {

class ShareStandings : public testing::Test {
 protected:
  ShareStandings() {
    desk_.set_up();
    desk_.take(
        EntryCreated{{.key = kPolicy,
                      .fair_share = FairShare{.decay_seconds = 60,
                                              .compute_reservation = 1,
                                              .shares = {{"light", ShareWeight::kOne / 2}}}}});
    desk_.take(QueueCreated{
        {.name = "fair", .priority = 1, .environments = {"ce"}, .scheduling_policy = "P"}});
  }
  ~ShareStandings() override { EXPECT_EQ(desk_.complaints, std::vector<std::string>{}); }

  void put(const std::string& share, std::int64_t memory_mib, std::int32_t size = 0) {
    Submission submission = Desk::submission("job", {1000, memory_mib, 0});
    submission.queue = "fair";
    submission.share_identifier = share;
    submission.scheduling_priority = 0;
    submission.array_size = size;
    desk_.put(submission);
  }
  SharesStanding ask() {
    return std::get<QueueSnapshot>(desk_.take(SnapshotAsked{"fair"})).standing.value();
  }
  static auto counts(const ShareStanding& share) {
    return std::make_tuple(share.identifier, share.jobs, share.running, share.waiting);
  }

  const EntryKey kPolicy{ResourceKind::SchedulingPolicy, "P"};
  Desk desk_;
};

TEST_F(ShareStandings, AreInTheOrderOfDispatchWithWhatItComesFrom) {
  desk_.join("a1", {4000, 4096, 0});
  put("idle", 512);
  desk_.begin_all("a1");
  desk_.run_dry();
  put("heavy", 3072);
  put("light", 512);
  put("heavy", 512, 4);
  put("light", 512, 9);
  SharesStanding standing = ask();
  EXPECT_EQ(standing.capacity, (Resources{4000, 4096, 0}));
  EXPECT_EQ(standing.half_life_seconds, 60);
  EXPECT_EQ(standing.active, 2U);
  ASSERT_EQ(standing.shares.size(), 3U);
  const ShareStanding& light = standing.shares[0];
  const ShareStanding& heavy = standing.shares[1];
  EXPECT_EQ(counts(standing.shares[2]), std::make_tuple("idle", 0U, 0U, 0U));
  EXPECT_EQ(counts(light), std::make_tuple("light", 2U, 1U, 9U));
  EXPECT_EQ(counts(heavy), std::make_tuple("heavy", 2U, 2U, 3U));
  EXPECT_EQ(light.dominant, Dominant::Vcpus);
  EXPECT_EQ(light.weighted_millionths, 125'000) << "a quarter of the vCPUs, and half the weight";
  EXPECT_EQ(heavy.dominant, Dominant::Memory);
  EXPECT_EQ(heavy.held, (Resources{2000, 3584, 0}));
  EXPECT_EQ(heavy.weighted_millionths, 875'000);

  desk_.pass(std::chrono::seconds(60));
  standing = ask();
  EXPECT_EQ(standing.shares[1].average.memory_mib, 1792) << "one half-life: half of what it held";
  EXPECT_EQ(standing.shares[1].weighted_millionths, 1'312'500);
}

TEST_F(ShareStandings, StandAsTheirJobsDo) {
  desk_.join("a1", {4000, 4096, 0});
  for (int i = 0; i < 9; ++i) {
    put("s" + std::to_string(i % 5), 128 << (i % 4), 3);
    put("light", 256);
    desk_.pass(std::chrono::seconds(7));
  }
  desk_.run_dry(5);
  const Reply reply = desk_.take(SnapshotAsked{"fair"});
  const auto& snapshot = std::get<QueueSnapshot>(reply);
  std::vector<std::string> by_jobs;
  for (const FrontJob& job : snapshot.front) {
    if (std::find(by_jobs.begin(), by_jobs.end(), job.share) == by_jobs.end()) {
      by_jobs.push_back(job.share);
    }
  }
  std::vector<std::string> by_turn;
  for (const ShareStanding& share : snapshot.standing->shares) {
    if (share.waiting > 0) {
      by_turn.push_back(share.identifier);
    }
  }
  EXPECT_GE(by_turn.size(), 3U);
  EXPECT_EQ(by_jobs, by_turn);
}

TEST_F(ShareStandings, HaveAnOrderWhileNoAgentIsThere) {
  put("one", 512);
  put("two", 512);
  const SharesStanding standing = ask();
  EXPECT_EQ(standing.capacity, Resources{});
  ASSERT_EQ(standing.shares.size(), 2U);
  EXPECT_EQ(counts(standing.shares[0]), std::make_tuple("one", 1U, 0U, 1U)) << "it is older";
  EXPECT_EQ(standing.shares[0].weighted_millionths, 0);
}

TEST_F(ShareStandings, AreBoundedInNumber) {
  desk_.inspects = false;
  for (int i = 0; i < 130; ++i) {
    put("s" + std::to_string(i), 512);
  }
  const SharesStanding standing = ask();
  EXPECT_EQ(standing.shares.size(), SharesStanding::kSharesMax);
  EXPECT_EQ(standing.shares[0].identifier, "s0");
  EXPECT_EQ(standing.left_out, 30U);
  EXPECT_EQ(standing.active, 130U);
}

TEST_F(ShareStandings, AreOfFairShareQueuesOnly) {
  const Reply reply = desk_.take(SnapshotAsked{"q"});
  EXPECT_FALSE(std::get<QueueSnapshot>(reply).standing);
}

}  // namespace
}  // namespace dray
