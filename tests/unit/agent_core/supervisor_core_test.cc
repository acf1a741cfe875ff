#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "agent/core/supervisor_step.h"
#include "model/texts.h"

namespace dray::supervisor {
namespace {

using std::chrono::seconds;

AttemptKey key_of(std::uint64_t job, AttemptNumber number = 1) {
  return {{JobId{job}, kNoChild}, number};
}

AttemptToken token_of(const AttemptKey& key) {
  return {key.job.job.value, key.number};
}

/// A supervisor with a lease of a minute, room for two vCPUs, and an agent. Remembers what was
/// decided last; every step is checked against the invariants.
class SupervisorCore : public testing::Test {
 protected:
  SupervisorCore() {
    state_.agent_name = "north";
    take(Started{});
    take(AgentConnected{});
    take(Ordered{CapacityOrder{{2000, 1024, 0}}});
    take(Ordered{LeaseOrder{now_ + seconds(60)}});
    tick();
  }

  /// The event alone.
  void take(const Event& event) { keep(step(state_, event, now_)); }
  /// The end of a batch.
  void tick() { take(Ticked{}); }
  /// The event and the end of its batch; forgets what was done before.
  void happens(const Event& event) {
    actions_.clear();
    take(event);
    tick();
  }
  void passes(Duration time) {
    now_ = now_ + time;
    actions_.clear();
    tick();
  }
  void order_start(std::uint64_t job, std::int64_t milli_vcpus = 1000,
                   std::optional<Duration> timeout = std::nullopt) {
    const AttemptKey key = key_of(job);
    happens(Ordered{StartOrder{key, token_of(key), {milli_vcpus, 64, 0}, timeout}});
  }
  void run(std::uint64_t job, std::int64_t milli_vcpus = 1000,
           std::optional<Duration> timeout = std::nullopt) {
    order_start(job, milli_vcpus, timeout);
    happens(Launched{key_of(job)});
  }
  void end(std::uint64_t job, std::int32_t exit_code, std::int32_t signal = 0,
           bool had_memory_kill = false) {
    happens(MainExited{key_of(job), exit_code, signal});
    happens(GroupEmptied{key_of(job), {5, 6}, had_memory_kill, 7});
  }

  template <class Wanted>
  [[nodiscard]] bool did(const Wanted& wanted) const {
    return std::count(actions_.begin(), actions_.end(), Action(wanted)) == 1;
  }
  template <class Wanted>
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(
        std::count_if(actions_.begin(), actions_.end(),
                      [](const Action& action) { return std::holds_alternative<Wanted>(action); }));
  }
  [[nodiscard]] const EndedAttempt& ended(std::uint64_t job) const {
    return state_.ended.at(key_of(job));
  }

  State state_;
  Instant now_{seconds(1000)};
  std::vector<Action> actions_;
  std::optional<Instant> wake_at_;

 private:
  void keep(Decision decision) {
    wake_at_ = decision.wake_at;
    actions_.insert(actions_.end(), decision.actions.begin(), decision.actions.end());
    EXPECT_EQ(broken_invariants(state_), std::vector<std::string>{});
  }
};

TEST_F(SupervisorCore, JournalsAStartBeforeItLaunches) {
  order_start(1);
  ASSERT_EQ(actions_.size(), 3U);
  EXPECT_EQ(actions_[0], Action(JournalSeen{key_of(1), token_of(key_of(1))}));
  EXPECT_EQ(actions_[1], Action(JournalLaunching{key_of(1), now_}));
  EXPECT_EQ(actions_[2], Action(Launch{key_of(1)}));
}

TEST_F(SupervisorCore, TellsWhenAnAttemptBegan) {
  run(1);
  EXPECT_TRUE(did(TellAgent{Began{key_of(1), token_of(key_of(1)), now_}}));
}

TEST_F(SupervisorCore, StartsNothingTwice) {
  order_start(1);
  order_start(1);
  EXPECT_TRUE(actions_.empty());
  happens(Launched{key_of(1)});
  order_start(1);
  EXPECT_TRUE(actions_.empty());
  end(1, 0);
  order_start(1);
  EXPECT_EQ(count<Launch>(), 0U);
  EXPECT_TRUE(did(TellAgent{Ended{ended(1)}})) << "its end is told again";
}

TEST_F(SupervisorCore, StartsTheSameNumberOfAnotherLifeOfTheDatabase) {
  run(1);
  end(1, 0);
  happens(Ordered{StartOrder{key_of(1), {9, 9}, {1000, 64, 0}, std::nullopt}});
  EXPECT_TRUE(did(JournalForgotten{key_of(1)}));
  EXPECT_TRUE(did(Launch{key_of(1)}));
}

TEST_F(SupervisorCore, BeginsInLineAsSoonAsTheFirstFits) {
  run(1, 2000);
  order_start(2, 2000);
  order_start(3, 500);
  EXPECT_EQ(count<Launch>(), 0U) << "3 would fit beside nothing, and stands behind 2";
  happens(MainExited{key_of(1), 0, 0});
  EXPECT_EQ(count<Launch>(), 0U) << "its group may still hold memory";
  happens(GroupEmptied{key_of(1)});
  EXPECT_TRUE(did(Launch{key_of(2)}));
  EXPECT_EQ(count<Launch>(), 1U);
}

TEST_F(SupervisorCore, GivesBackWhatCanNeverFit) {
  order_start(1, 2001);
  EXPECT_EQ(ended(1).end.outcome, Outcome::Stopped);
  EXPECT_TRUE(ended(1).was_retracted);
  EXPECT_TRUE(did(DropPlan{key_of(1)}));
}

TEST_F(SupervisorCore, EndsOnlyWhenTheGroupIsEmpty) {
  run(1);
  happens(MainExited{key_of(1), 0, 0});
  EXPECT_TRUE(did(KillGroup{key_of(1)}));
  EXPECT_TRUE(state_.ended.empty());
  happens(GroupEmptied{key_of(1), {5, 6}, false, 7});
  EXPECT_TRUE(did(JournalEnded{ended(1)}));
  EXPECT_TRUE(did(TellAgent{Ended{ended(1)}}));
  EXPECT_EQ(ended(1).end.outcome, Outcome::Succeeded);
  EXPECT_EQ(ended(1).end.usage, (Usage{5, 6}));
  EXPECT_EQ(ended(1).log_size, 7U);
}

TEST_F(SupervisorCore, TellsHowItEnded) {
  run(1);
  end(1, 3);
  EXPECT_EQ(ended(1).end.outcome, Outcome::Failed);
  EXPECT_EQ(ended(1).end.exit_code, 3);
  run(2);
  end(2, 0, 9);
  EXPECT_EQ(ended(2).end.outcome, Outcome::Killed);
  EXPECT_EQ(ended(2).end.exit_code, 137);
  run(3);
  end(3, 0, 9, true);
  EXPECT_EQ(ended(3).end.outcome, Outcome::OutOfMemory);
  EXPECT_EQ(ended(3).end.reason, texts::kOutOfMemory);
  run(4);
  end(4, 0, 0, true);
  EXPECT_EQ(ended(4).end.outcome, Outcome::Succeeded) << "it lived with the loss of a child";
}

TEST_F(SupervisorCore, TellsWhyNothingRan) {
  order_start(1);
  happens(LaunchFailed{key_of(1), "CannotStartContainerError: no"});
  EXPECT_EQ(ended(1).end.outcome, Outcome::LaunchFailed);
  EXPECT_EQ(ended(1).end.reason, "CannotStartContainerError: no");
  EXPECT_EQ(ended(1).end.exit_code, std::nullopt);
  EXPECT_EQ(ended(1).began_at, std::nullopt);
  EXPECT_EQ(state_.used, Resources{});
}

TEST_F(SupervisorCore, GivesBackOnlyWhatHasNotBegun) {
  run(1, 2000);
  order_start(2, 2000);
  happens(Ordered{RetractOrder{{key_of(1), key_of(2), key_of(3)}}});
  EXPECT_EQ(state_.live.size(), 1U);
  EXPECT_TRUE(ended(2).was_retracted);
  EXPECT_TRUE(did(DropPlan{key_of(2)}));
}

TEST_F(SupervisorCore, StopsWithGraceThenKills) {
  run(1);
  happens(Ordered{StopOrder{{key_of(1)}, seconds(30)}});
  EXPECT_TRUE(did(Terminate{key_of(1)}));
  EXPECT_EQ(wake_at_, now_ + seconds(30));
  passes(seconds(29));
  EXPECT_TRUE(actions_.empty());
  passes(seconds(1));
  EXPECT_TRUE(did(KillGroup{key_of(1)}));
  end(1, 0, 9);
  EXPECT_EQ(ended(1).end.outcome, Outcome::Stopped);
  EXPECT_EQ(ended(1).end.exit_code, 137);
}

TEST_F(SupervisorCore, GivesAPodTheTimeThatItTakesToStop) {
  happens(Ordered{
      StartOrder{key_of(1), token_of(key_of(1)), {1000, 64, 0}, std::nullopt, seconds(50)}});
  happens(Launched{key_of(1)});
  happens(Ordered{StopOrder{{key_of(1)}, seconds(30)}});
  EXPECT_TRUE(did(Terminate{key_of(1)}));
  passes(seconds(49));
  EXPECT_EQ(count<KillGroup>(), 0U);
  passes(seconds(1));
  EXPECT_TRUE(did(KillGroup{key_of(1)}));
}

TEST_F(SupervisorCore, TellsHowTheContainersOfAPodEnded) {
  run(1);
  happens(MainExited{.key = key_of(1),
                     .exit_code = 137,
                     .containers = {{"a", true, 137, ""}, {"b", true, 143, ""}}});
  happens(GroupEmptied{key_of(1), {5, 6}, true, 7});
  EXPECT_EQ(ended(1).end.outcome, Outcome::OutOfMemory);
  const std::vector<ContainerEnd> expected{{"a", true, 137, std::string(texts::kOutOfMemory)},
                                           {"b", true, 143, ""}};
  EXPECT_EQ(ended(1).end.containers, expected);
}

TEST_F(SupervisorCore, ASecondStopShortensTheGraceAndNeverLengthensIt) {
  run(1);
  happens(Ordered{StopOrder{{key_of(1)}, seconds(30)}});
  happens(Ordered{StopOrder{{key_of(1)}, seconds(50)}});
  EXPECT_EQ(wake_at_, now_ + seconds(30));
  happens(Ordered{StopOrder{{key_of(1)}, seconds(5)}});
  EXPECT_EQ(count<Terminate>(), 0U);
  EXPECT_EQ(wake_at_, now_ + seconds(5));
}

TEST_F(SupervisorCore, StopsWithoutGraceAtOnce) {
  run(1);
  happens(Ordered{StopOrder{{key_of(1)}, {}}});
  EXPECT_TRUE(did(KillGroup{key_of(1)}));
  EXPECT_EQ(count<Terminate>(), 0U);
}

TEST_F(SupervisorCore, StopsWhatIsBeingLaunchedOnceItRuns) {
  order_start(1);
  happens(Ordered{StopOrder{{key_of(1)}, seconds(30)}});
  EXPECT_TRUE(actions_.empty());
  happens(Launched{key_of(1)});
  EXPECT_TRUE(did(Terminate{key_of(1)}));
}

TEST_F(SupervisorCore, EndsWaitingAttemptsThatAreStopped) {
  run(1, 2000);
  order_start(2, 2000);
  happens(Ordered{StopOrder{{key_of(2)}, seconds(30)}});
  EXPECT_EQ(ended(2).end.outcome, Outcome::Stopped);
  EXPECT_FALSE(ended(2).was_retracted);
}

TEST_F(SupervisorCore, LeavesAnEndAloneThatCameBeforeTheStop) {
  run(1);
  happens(MainExited{key_of(1), 0, 0});
  happens(Ordered{StopOrder{{key_of(1)}, seconds(30)}});
  happens(GroupEmptied{key_of(1)});
  EXPECT_EQ(ended(1).end.outcome, Outcome::Succeeded);
}

TEST_F(SupervisorCore, CountsTheTimeoutFromWhenItBegan) {
  order_start(1, 1000, seconds(20));
  passes(seconds(15));
  happens(Launched{key_of(1)});
  EXPECT_EQ(wake_at_, now_ + seconds(20));
  passes(seconds(20));
  EXPECT_TRUE(did(Terminate{key_of(1)}));
  end(1, 0, 15);
  EXPECT_EQ(ended(1).end.outcome, Outcome::TimedOut);
  EXPECT_EQ(ended(1).end.status_reason, texts::kTimeout);
  EXPECT_EQ(ended(1).end.exit_code, 143);
}

TEST_F(SupervisorCore, EndsEverythingAtTheEndOfTheLeaseWithoutAnAgent) {
  run(1, 2000);
  order_start(2, 2000);
  take(AgentDisconnected{});
  passes(seconds(59));
  EXPECT_EQ(wake_at_, now_ + seconds(1));
  passes(seconds(1));
  EXPECT_TRUE(did(KillGroup{key_of(1)}));
  EXPECT_EQ(ended(2).end.outcome, Outcome::Lost);
  EXPECT_EQ(count<TellAgent>(), 0U);
  passes(seconds(1));
  EXPECT_EQ(count<KillGroup>(), 0U) << "once is enough";
  end(1, 0, 9);
  EXPECT_EQ(ended(1).end.outcome, Outcome::Lost);
  EXPECT_EQ(ended(1).end.status_reason, "Host EC2 (agent north) terminated.");
  EXPECT_EQ(ended(1).end.exit_code, std::nullopt);
}

TEST_F(SupervisorCore, ObeysTheLeaseThatWasSaidLastAlsoWhenItIsShorter) {
  run(1);
  happens(Ordered{LeaseOrder{now_ + seconds(5)}});
  EXPECT_EQ(wake_at_, now_ + seconds(5));
}

TEST_F(SupervisorCore, StartsNothingWithoutALease) {
  passes(seconds(60));
  order_start(1);
  EXPECT_EQ(count<Launch>(), 0U);
  EXPECT_EQ(ended(1).end.outcome, Outcome::Lost);
}

TEST_F(SupervisorCore, TheLeaseOvertakesAStopInItsGrace) {
  run(1);
  happens(Ordered{StopOrder{{key_of(1)}, seconds(90)}});
  passes(seconds(60));
  EXPECT_TRUE(did(KillGroup{key_of(1)}));
}

TEST_F(SupervisorCore, TellsANewAgentEverythingItHolds) {
  run(1, 2000);
  order_start(2, 2000);
  happens(Ordered{StopOrder{{key_of(2)}, {}}});
  order_start(3, 2000);
  const Instant began = now_;
  happens(AgentConnected{});
  Snapshot expected;
  expected.live = {{key_of(1), token_of(key_of(1)), began},
                   {key_of(3), token_of(key_of(3)), std::nullopt}};
  expected.ended = {ended(2)};
  EXPECT_TRUE(did(TellAgent{expected}));
}

TEST_F(SupervisorCore, SaysWhatAnEarlierSupervisorHeldIsLost) {
  State state;
  state.agent_name = "north";
  EndedAttempt kept{.key = key_of(2), .token = {2, 2}};
  step(state, Started{{{key_of(1), {1, 1}, now_}}, {kept}}, now_ + seconds(9));
  EXPECT_EQ(state.ended.at(key_of(1)).end.outcome, Outcome::Lost);
  EXPECT_EQ(state.ended.at(key_of(1)).began_at, now_);
  EXPECT_EQ(state.ended.at(key_of(2)), kept);
}

TEST_F(SupervisorCore, KeepsARecordUntilItIsForgotten) {
  run(1);
  end(1, 0);
  happens(Ordered{AcknowledgeOrder{{key_of(1)}}});
  EXPECT_TRUE(did(JournalAcknowledged{key_of(1)}));
  happens(Ordered{AcknowledgeOrder{{key_of(1)}}});
  EXPECT_TRUE(actions_.empty());
  happens(Ordered{ForgetOrder{{key_of(1)}}});
  EXPECT_TRUE(did(JournalForgotten{key_of(1)}));
  EXPECT_TRUE(did(RemoveLog{key_of(1)}));
  EXPECT_TRUE(state_.ended.empty());
}

/// Orders in every phase of an attempt's life leave a state that holds.
TEST_F(SupervisorCore, TakesEveryOrderInEveryPhase) {
  const std::vector<std::function<void()>> phases{
      [] {},
      [this] { order_start(1); },
      [this] { run(1); },
      [this] {
        run(1);
        happens(MainExited{key_of(1), 0, 0});
      },
      [this] {
        run(1);
        end(1, 0);
      },
      [this] {
        run(9, 2000);
        order_start(1);
      },
      [this] {
        run(1);
        happens(Ordered{StopOrder{{key_of(1)}, seconds(30)}});
      }};
  const std::vector<Order> orders{
      StartOrder{key_of(1), token_of(key_of(1)), {1000, 64, 0}, seconds(1)},
      StartOrder{key_of(1), {8, 8}, {1000, 64, 0}, std::nullopt},
      RetractOrder{{key_of(1)}},
      StopOrder{{key_of(1)}, seconds(30)},
      StopOrder{{key_of(1)}, {}},
      LeaseOrder{now_},
      LeaseOrder{now_ + seconds(600)},
      CapacityOrder{{1, 1, 0}},
      AcknowledgeOrder{{key_of(1)}},
      ForgetOrder{{key_of(1)}}};
  const State fresh = state_;
  const Instant begin = now_;
  for (const auto& phase : phases) {
    for (const Order& order : orders) {
      state_ = fresh;
      now_ = begin;
      phase();
      happens(Ordered{order});
      passes(seconds(31));
    }
  }
}

TEST_F(SupervisorCore, WhatIsStoppedBeforeItBeganEndsAsStopped) {
  order_start(1);
  order_start(2);
  happens(Ordered{StopOrder{{key_of(1)}, seconds(30)}});
  happens(LaunchFailed{key_of(1), ""});
  EXPECT_EQ(ended(1).end.outcome, Outcome::Stopped);
  passes(seconds(60));
  happens(LaunchFailed{key_of(2), ""});
  EXPECT_EQ(ended(2).end.outcome, Outcome::Lost);
}

}  // namespace
}  // namespace dray::supervisor
