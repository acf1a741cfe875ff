#include <gtest/gtest.h>

#include "agent/core/agent_step.h"

namespace dray::agent {
namespace {

using std::chrono::seconds;

AttemptKey key_of(std::uint64_t job) {
  return {{JobId{job}, kNoChild}, 1};
}

AttemptToken token_of(std::uint64_t job) {
  return {job, 77};
}

supervisor::EndedAttempt record_of(std::uint64_t job, std::uint64_t log_size = 0) {
  return {.key = key_of(job),
          .token = token_of(job),
          .began_at = Instant{seconds(1000)},
          .ended_at = Instant{seconds(1001)},
          .log_size = log_size,
          .end = {.outcome = Outcome::Succeeded, .exit_code = 0}};
}

/// An agent of which every step is checked against the invariants. Remembers what it did in the
/// last batch.
class AgentCore : public testing::Test {
 protected:
  AgentCore() {
    state_.identity = {.name = "north",
                       .environment = "default",
                       .capacity = {2000, 1024, 0},
                       .boot_id = "boot",
                       .incarnation = 3};
    state_.sequence = 10;
    happens(Ticked{});
  }

  void happens(const Event& event) {
    actions_.clear();
    take(event);
    take(Ticked{});
  }
  void passes(Duration time) {
    now_ = now_ + time;
    happens(Ticked{});
  }
  void hears(SchedulerMessage message) { happens(Heard{std::move(message)}); }

  /// Supervisor, link, hello and welcome.
  void join(std::vector<AttemptKey> keep = {}, supervisor::Snapshot snapshot = {}) {
    happens(SupervisorUp{std::move(snapshot)});
    happens(LinkUp{});
    hears(Welcome{SessionId{5}, state_.sequence, seconds(60), seconds(5), std::move(keep)});
  }

  void hears_start(std::uint64_t job, SessionId session = {5}, bool with_job = true) {
    StartAttempts order{.session = session};
    if (with_job) {
      auto spec = std::make_shared<JobSpec>();
      spec->container.request = {1000, 64, 0};
      spec->timeout = seconds(100);
      order.jobs.push_back({.job = JobId{job}, .spec = spec});
    }
    order.starts.push_back({key_of(job), token_of(job), false});
    hears(order);
  }
  void begins(std::uint64_t job) {
    happens(SupervisorTold{supervisor::Began{key_of(job), token_of(job), now_}});
  }
  void ends(std::uint64_t job, std::uint64_t log_size = 0) {
    happens(SupervisorTold{supervisor::Ended{record_of(job, log_size)}});
  }

  template <class Wanted>
  [[nodiscard]] std::vector<Wanted> done() const {
    std::vector<Wanted> found;
    for (const Action& action : actions_) {
      if (const auto* wanted = std::get_if<Wanted>(&action)) {
        found.push_back(*wanted);
      }
    }
    return found;
  }
  template <class Wanted>
  [[nodiscard]] std::vector<Wanted> said() const {
    std::vector<Wanted> found;
    for (const Say& say : done<Say>()) {
      if (const auto* wanted = std::get_if<Wanted>(&say.message)) {
        found.push_back(*wanted);
      }
    }
    return found;
  }
  template <class Wanted>
  [[nodiscard]] std::vector<Wanted> told() const {
    std::vector<Wanted> found;
    for (const TellSupervisor& tell : done<TellSupervisor>()) {
      if (const auto* wanted = std::get_if<Wanted>(&tell.order)) {
        found.push_back(*wanted);
      }
    }
    return found;
  }

  State state_;
  Instant now_{seconds(2000)};
  std::vector<Action> actions_;

 private:
  void take(const Event& event) {
    Decision decision = step(state_, event, now_);
    actions_.insert(actions_.end(), decision.actions.begin(), decision.actions.end());
    EXPECT_EQ(broken_invariants(state_), std::vector<std::string>{});
  }
};

TEST_F(AgentCore, CallsItsSupervisorOnceAtTheStart) {
  EXPECT_EQ(done<CallSupervisor>().size(), 1U);
  passes(seconds(1));
  EXPECT_TRUE(done<CallSupervisor>().empty());
  happens(SupervisorUp{});
  happens(SupervisorDown{});
  EXPECT_EQ(done<CallSupervisor>().size(), 1U);
}

TEST_F(AgentCore, SaysHelloOnlyWhenItKnowsWhatIsHeld) {
  happens(LinkUp{});
  EXPECT_TRUE(said<Hello>().empty());
  supervisor::Snapshot snapshot;
  snapshot.live = {{key_of(1), token_of(1), now_}, {key_of(2), token_of(2), std::nullopt}};
  snapshot.ended = {record_of(3)};
  happens(SupervisorUp{snapshot});
  ASSERT_EQ(said<Hello>().size(), 1U);
  const Hello hello = said<Hello>()[0];
  EXPECT_EQ(hello.held, (std::vector<HeldAttempt>{{key_of(1), token_of(1), true},
                                                  {key_of(2), token_of(2), false}}));
  EXPECT_EQ(hello.ended, (std::vector<HeldAttempt>{{key_of(3), token_of(3), true}}));
  EXPECT_EQ(hello.sequence, 11U);
  EXPECT_EQ(hello.incarnation, 3U);
  EXPECT_EQ(hello.boot_id, "boot");
}

TEST_F(AgentCore, StoresTheSequenceBeforeItSaysHello) {
  happens(SupervisorUp{});
  happens(LinkUp{});
  ASSERT_GE(actions_.size(), 2U);
  EXPECT_EQ(std::get<StoreSequence>(actions_[0]), StoreSequence{11});
  EXPECT_TRUE(std::holds_alternative<Say>(actions_[1]));
}

TEST_F(AgentCore, DropsItsSessionBeforeTheNextHello) {
  join();
  happens(LinkDown{});
  EXPECT_FALSE(state_.session);
  happens(LinkUp{});
  EXPECT_EQ(said<Hello>()[0].sequence, 12U);
  hears_start(1);
  EXPECT_TRUE(done<TellStart>().empty()) << "an order of the old session";
}

TEST_F(AgentCore, IgnoresTheWelcomeOfAnotherHello) {
  happens(SupervisorUp{});
  happens(LinkUp{});
  hears(Welcome{SessionId{4}, 10, seconds(60), seconds(5), {}});
  EXPECT_FALSE(state_.session);
}

TEST_F(AgentCore, CountsTheLeaseFromWhenItAsked) {
  happens(SupervisorUp{});
  happens(LinkUp{});
  const Instant asked = now_;
  passes(seconds(3));
  hears(Welcome{SessionId{5}, 11, seconds(60), seconds(5), {}});
  EXPECT_EQ(told<supervisor::LeaseOrder>()[0].until, asked + seconds(60));
  passes(seconds(5));
  ASSERT_EQ(said<LeaseAsked>().size(), 1U);
  const LeaseAsked lease = said<LeaseAsked>()[0];
  const Instant asked_again = now_;
  passes(seconds(2));
  hears(LeaseGranted{SessionId{5}, lease.number, seconds(30)});
  EXPECT_EQ(told<supervisor::LeaseOrder>()[0].until, asked_again + seconds(30));
  hears(LeaseGranted{SessionId{5}, lease.number, seconds(30)});
  EXPECT_TRUE(told<supervisor::LeaseOrder>().empty()) << "a grant counts once";
  hears(LeaseGranted{SessionId{4}, lease.number, seconds(30)});
  EXPECT_TRUE(told<supervisor::LeaseOrder>().empty());
}

TEST_F(AgentCore, DropsALinkOnWhichNothingIsAnswered) {
  happens(SupervisorUp{});
  happens(LinkUp{});
  passes(kWelcomeWait);
  EXPECT_EQ(done<DropLink>().size(), 1U);
  happens(LinkDown{});
  join();
  for (std::size_t i = 0; i < kAskedMax; ++i) {
    passes(seconds(5));
    EXPECT_EQ(done<DropLink>().size(), i + 1 == kAskedMax ? 1U : 0U);
  }
}

TEST_F(AgentCore, SaysWhyItWasRefusedAndTriesAgain) {
  happens(SupervisorUp{});
  happens(LinkUp{});
  hears(HelloRefused{11, "the name is in use"});
  EXPECT_EQ(done<Refused>()[0].reason, "the name is in use");
  EXPECT_EQ(done<DropLink>().size(), 1U);
}

TEST_F(AgentCore, PassesStartsOnWithWhatToRun) {
  join();
  hears_start(1);
  ASSERT_EQ(done<TellStart>().size(), 1U);
  const TellStart tell = done<TellStart>()[0];
  EXPECT_EQ(tell.order,
            (supervisor::StartOrder{key_of(1), token_of(1), {1000, 64, 0}, seconds(100)}));
  EXPECT_EQ(tell.job->job, JobId{1});
  hears_start(1);
  EXPECT_TRUE(done<TellStart>().empty()) << "once is enough";
  hears_start(2, {5}, false);
  EXPECT_TRUE(done<TellStart>().empty()) << "a job that was never told";
}

TEST_F(AgentCore, PassesStopsAndRetractsOn) {
  join();
  hears_start(1);
  hears(StopAttempts{SessionId{5}, {key_of(1)}, seconds(30)});
  EXPECT_EQ(told<supervisor::StopOrder>()[0].grace, seconds(30));
  hears(RetractAttempts{SessionId{5}, {key_of(1)}});
  EXPECT_EQ(told<supervisor::RetractOrder>().size(), 1U);
  hears(StopAttempts{SessionId{4}, {key_of(1)}, seconds(30)});
  hears(RetractAttempts{SessionId{4}, {key_of(1)}});
  EXPECT_TRUE(actions_.empty()) << "of another session";
}

TEST_F(AgentCore, KillsWhatIsNotKeptAndTellsNobodyOfItsEnd) {
  supervisor::Snapshot snapshot;
  snapshot.live = {{key_of(1), token_of(1), now_}, {key_of(2), token_of(2), now_}};
  join({key_of(1)}, snapshot);
  ASSERT_EQ(told<supervisor::StopOrder>().size(), 1U);
  EXPECT_EQ(told<supervisor::StopOrder>()[0],
            (supervisor::StopOrder{{key_of(2)}, Duration::zero()}));
  ends(2);
  EXPECT_TRUE(said<Facts>().empty());
  EXPECT_EQ(told<supervisor::ForgetOrder>().size(), 1U);
  EXPECT_TRUE(state_.ended.empty());
}

TEST_F(AgentCore, TellsBeginAndEndOfOneBatchAsOneFact) {
  join();
  hears_start(1);
  step(state_, SupervisorTold{supervisor::Began{key_of(1), token_of(1), now_}}, now_);
  ends(1);
  ASSERT_EQ(said<Facts>().size(), 1U);
  const auto facts = said<Facts>()[0].facts;
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_TRUE(std::get<AttemptFinished>(facts[0]).had_begun);
}

TEST_F(AgentCore, TellsTimesAsAges) {
  join();
  hears_start(1);
  step(state_, SupervisorTold{supervisor::Began{key_of(1), token_of(1), now_}}, now_);
  passes(seconds(2));
  EXPECT_EQ(std::get<AttemptBegan>(said<Facts>()[0].facts[0]).age, seconds(2));
}

TEST_F(AgentCore, TellsAnEndAgainInEverySessionUntilItIsAcknowledged) {
  join();
  hears_start(1);
  begins(1);
  ends(1, 40);
  happens(LinkDown{});
  join({key_of(1)});
  EXPECT_EQ(said<Facts>().size(), 1U);
  hears(AcknowledgeEnds{SessionId{5}, {key_of(1)}});
  EXPECT_EQ(told<supervisor::AcknowledgeOrder>().size(), 1U);
  happens(LinkDown{});
  join();
  EXPECT_TRUE(said<Facts>().empty());
}

TEST_F(AgentCore, ForgetsAnEndWhenItsLogIsStoredToo) {
  join();
  hears_start(1);
  begins(1);
  EXPECT_EQ(done<ShipLog>().size(), 1U);
  ends(1, 40);
  EXPECT_EQ(done<EndLog>()[0], (EndLog{key_of(1), token_of(1), 40}));
  hears(AcknowledgeEnds{SessionId{5}, {key_of(1)}});
  EXPECT_TRUE(told<supervisor::ForgetOrder>().empty());
  happens(LogStored{key_of(1)});
  EXPECT_EQ(told<supervisor::ForgetOrder>().size(), 1U);
  EXPECT_TRUE(state_.ended.empty());
}

TEST_F(AgentCore, KeepsOrdersWhileThereIsNoSupervisor) {
  join();
  happens(SupervisorDown{});
  hears_start(1);
  hears(StopAttempts{SessionId{5}, {key_of(1)}, seconds(30)});
  EXPECT_TRUE(done<TellStart>().empty());
  happens(SupervisorUp{});
  EXPECT_EQ(done<TellStart>().size(), 1U);
  EXPECT_EQ(told<supervisor::StopOrder>().size(), 1U);
  EXPECT_EQ(told<supervisor::LeaseOrder>().size(), 1U);
  EXPECT_EQ(told<supervisor::CapacityOrder>().size(), 1U);
  EXPECT_TRUE(state_.live.contains(key_of(1)));
}

TEST_F(AgentCore, ReportsWhatDiedWithASupervisorBeforeItWasJournalled) {
  join();
  hears_start(1);
  happens(SupervisorDown{});
  happens(SupervisorUp{});
  ASSERT_EQ(said<Facts>().size(), 1U);
  const auto fact = std::get<AttemptFinished>(said<Facts>()[0].facts[0]);
  EXPECT_EQ(fact.end.outcome, Outcome::Lost);
  EXPECT_EQ(fact.end.status_reason, "Host EC2 (agent north) terminated.");
  EXPECT_FALSE(fact.had_begun);
  hears(AcknowledgeEnds{SessionId{5}, {key_of(1)}});
  EXPECT_TRUE(told<supervisor::ForgetOrder>().empty()) << "the new one never knew it";
  EXPECT_TRUE(state_.ended.empty());
}

TEST_F(AgentCore, KillsAgainWhatItHasReportedAsLost) {
  join();
  hears_start(1);
  happens(SupervisorDown{});
  happens(SupervisorUp{});
  happens(SupervisorDown{});
  supervisor::Snapshot snapshot;
  snapshot.live = {{key_of(1), token_of(1), now_}};
  happens(SupervisorUp{snapshot});
  ASSERT_EQ(told<supervisor::StopOrder>().size(), 1U);
  EXPECT_EQ(told<supervisor::StopOrder>()[0].attempts, std::vector<AttemptKey>{key_of(1)});
}

TEST_F(AgentCore, SplitsManyFactsOverMessages) {
  supervisor::Snapshot snapshot;
  for (std::uint64_t job = 1; job <= kFactsMax + 1; ++job) {
    snapshot.ended.push_back(record_of(job));
  }
  join({}, snapshot);
  ASSERT_EQ(said<Facts>().size(), 2U);
  EXPECT_EQ(said<Facts>()[0].facts.size(), kFactsMax);
  EXPECT_EQ(said<Facts>()[1].facts.size(), 1U);
}

/// Every event in every state leaves a state that holds.
TEST_F(AgentCore, TakesEveryEventInEveryState) {
  const State fresh = state_;
  const auto set = [&](int wanted) {
    state_ = fresh;
    if (wanted >= 1) happens(SupervisorUp{});
    if (wanted >= 2) happens(LinkUp{});
    if (wanted >= 3) hears(Welcome{SessionId{5}, state_.sequence, seconds(60), seconds(5), {}});
    if (wanted >= 4) hears_start(1);
    if (wanted >= 5) begins(1);
    if (wanted >= 6) ends(1, 9);
    if (wanted >= 7) hears(AcknowledgeEnds{SessionId{5}, {key_of(1)}});
    if (wanted >= 8) happens(SupervisorDown{});
  };
  supervisor::Snapshot held;
  held.live = {{key_of(1), token_of(1), now_}};
  const std::vector<Event> events{
      LinkUp{},
      LinkDown{},
      SupervisorUp{},
      SupervisorUp{held},
      SupervisorDown{},
      SupervisorTold{supervisor::Began{key_of(1), token_of(1), now_}},
      SupervisorTold{supervisor::Ended{record_of(1, 9)}},
      LogStored{key_of(1)},
      Heard{Welcome{SessionId{6}, 11, seconds(60), seconds(5), {}}},
      Heard{HelloRefused{11, "no"}},
      Heard{LeaseGranted{SessionId{5}, 1, seconds(60)}},
      Heard{StartAttempts{SessionId{5}, {}, {{key_of(1), token_of(1), false}}}},
      Heard{RetractAttempts{SessionId{5}, {key_of(1)}}},
      Heard{StopAttempts{SessionId{5}, {key_of(1)}, seconds(30)}},
      Heard{AcknowledgeEnds{SessionId{5}, {key_of(1)}}},
      Ticked{}};
  constexpr int kStates = 9;
  for (int wanted = 0; wanted < kStates; ++wanted) {
    for (const Event& event : events) {
      set(wanted);
      if (std::holds_alternative<SupervisorUp>(event) && state_.is_supervisor_up) {
        happens(SupervisorDown{});
      }
      happens(event);
      passes(seconds(11));
    }
  }
}

TEST_F(AgentCore, KeepsNoJobOfWhichOnlyOneAttemptCanCome) {
  join();
  hears_start(1);
  EXPECT_TRUE(state_.jobs.empty());
  EXPECT_EQ(done<TellStart>().size(), 1U);
}

}  // namespace
}  // namespace dray::agent
