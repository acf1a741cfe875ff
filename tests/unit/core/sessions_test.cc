#include <gtest/gtest.h>

#include "tests/support/desk.h"

/// Hellos, sessions, leases: F2, F4, F5 and F8 from the scheduler's side.
namespace dray {
namespace {

class Sessions : public testing::Test {
 protected:
  Sessions() {
    desk.set_up();
    desk.join("a1", {2000, 4096, 0});
  }
  void TearDown() override { EXPECT_EQ(desk.complaints, std::vector<std::string>{}); }
  AgentView view(const std::string& name) {
    const Reply reply = desk.take(AgentsAsked{});
    for (const AgentView& it : std::get<Agents>(reply).agents) {
      if (it.agent.name == name) {
        return it;
      }
    }
    return {};
  }
  Desk desk;
};

TEST_F(Sessions, GrowOverAllAgentsAndRestarts) {
  const SessionId first = desk.agents.at("a1").session;
  desk.join("a2", {1000, 512, 0});
  EXPECT_GT(desk.agents.at("a2").session, first);
  desk.restart();
  desk.say_hello("a1");
  EXPECT_EQ(desk.agents.at("a1").session.value, first.value + 2);
}

TEST_F(Sessions, ShowWhatAnAgentStartsAndRuns) {
  Submission submission = Desk::submission("j");
  submission.array_size = 3;
  const Uuid uuid = desk.put(submission);
  desk.begin_all("a1");
  const Reply reply = desk.take(AgentAttemptsAsked{"a1"});
  const auto& attempts = std::get<AgentAttempts>(reply).attempts;
  ASSERT_EQ(attempts.size(), 2U) << "what is given ahead is not there yet";
  EXPECT_EQ(attempts[1].job.uuid, uuid);
  EXPECT_EQ(attempts[1].key.job.child, 1);
  EXPECT_EQ(attempts[1].key.number, 1U);
  EXPECT_EQ(attempts[1].name, "j");
  EXPECT_EQ(attempts[1].queue, "q");
  EXPECT_EQ(attempts[1].state, AttemptState::Running);
  EXPECT_TRUE(attempts[1].started_at);
  EXPECT_EQ(attempts[1].request, (Resources{1000, 512, 0}));
  EXPECT_EQ(std::get<Error>(desk.take(AgentAttemptsAsked{"a9"})).code, ErrorCode::NotFound);
}

TEST_F(Sessions, DropWhatNamesAnOlderOne) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  const SessionId old = desk.agents.at("a1").session;
  const Attempt attempt = desk.rows.attempts().begin()->second;
  desk.say_hello("a1");
  AttemptFinished end{.key = attempt.key, .token = attempt.token, .had_begun = true};
  end.end.outcome = Outcome::Succeeded;
  desk.take(AgentToldFacts{{old, {end}}});
  desk.take(AgentAskedLease{{old, 1}});
  EXPECT_TRUE(desk.orders_to("a1").empty());
  EXPECT_EQ(desk.state_of(uuid), JobState::Starting);
  desk.take(AgentDisconnected{old});
  EXPECT_EQ(view("a1").state, AgentView::State::Ready);
}

TEST_F(Sessions, AreRefusedToStaleHellos) {
  Hello hello = desk.agents.at("a1").hello();
  desk.say_hello("a1");
  desk.take(AgentSaidHello{hello});
  ASSERT_EQ(desk.orders_to("a1").size(), 1U);
  EXPECT_TRUE(std::holds_alternative<HelloRefused>(desk.orders_to("a1")[0]));
  hello.sequence += 100;
  hello.incarnation -= 1;
  desk.take(AgentSaidHello{hello});
  EXPECT_TRUE(std::holds_alternative<HelloRefused>(desk.orders_to("a1")[0]));
}

TEST_F(Sessions, AreRefusedToStrangeHellos) {
  Hello hello;
  for (const Hello& wrong :
       {Hello{}, Hello{.protocol = 2, .agent_name = "x", .environment = "ce"},
        Hello{.agent_name = "x", .environment = "ce", .capacity = {-1, 5, 0}}}) {
    desk.take(AgentSaidHello{wrong});
    ASSERT_EQ(desk.decisions[0].orders.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<HelloRefused>(desk.decisions[0].orders[0].message));
  }
  EXPECT_EQ(desk.state.agents().size(), 1U);
}

TEST_F(Sessions, AreRefusedToAnotherMachineOfTheSameNameWhileTheFirstIsHeard) {
  desk.agents.at("a1").boot = "another";
  desk.say_hello("a1");
  EXPECT_TRUE(desk.agents.at("a1").refusal.has_value());
  desk.pass(std::chrono::seconds(20));
  desk.say_hello("a1");
  EXPECT_FALSE(desk.agents.at("a1").refusal.has_value());
}

TEST_F(Sessions, AreRefusedToAnotherFolderOfTheNameForAsLongAsTheFirstMayRunSomething) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  DeskAgent& agent = desk.agents.at("a1");
  const SessionId session = agent.session;
  // Begun by mistake beside the first: its numbers are higher, and it knows nothing of what runs.
  Hello other = agent.hello();
  other.folder = "folder-2";
  other.held.clear();
  const auto refusal = [&] {
    other.sequence += 1;
    desk.take(AgentSaidHello{other});
    const auto* refused = std::get_if<HelloRefused>(&desk.decisions[0].orders.at(0).message);
    return refused == nullptr ? "" : refused->reason;
  };
  EXPECT_EQ(refusal(), "The name a1 is in use by an agent with another data folder.");
  desk.take(AgentDisconnected{session});
  EXPECT_EQ(refusal(),
            "The agent a1 came from another data folder before, and 1 attempt may still run there. "
            "Start it with that folder, or wait until its lease has ended.");
  EXPECT_EQ(desk.state_of(uuid), JobState::Starting);
  desk.pass(desk.state.settings().lease + desk.state.settings().lease_margin);
  // Its folder was removed: it counts from one again, and is welcome now that nothing is left.
  other.incarnation = 0;
  EXPECT_EQ(refusal(), "");
}

TEST_F(Sessions, KeepOnlyWhatWasGivenToThatAgent) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  desk.begin_all("a1");
  DeskAgent& agent = desk.agents.at("a1");
  DeskAgent::Held stranger = agent.held.front();
  stranger.start.key.job.job.value += 40;
  agent.held.push_back(stranger);
  DeskAgent::Held forged = agent.held.front();
  forged.start.token = {5, 5};
  agent.held.push_back(forged);
  desk.say_hello("a1");
  const auto welcome = std::get<Welcome>(desk.orders_to("a1").front());
  EXPECT_EQ(welcome.keep.size(), 1U);
  EXPECT_EQ(desk.state_of(uuid), JobState::Running);
}

TEST_F(Sessions, LearnFromTheHelloWhatHadBegun) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  desk.agents.at("a1").held.front().has_begun = true;
  desk.say_hello("a1");
  EXPECT_EQ(desk.state_of(uuid), JobState::Running);
}

TEST_F(Sessions, LoseWhatIsKnownToRunAndIsNotHeldAnyMore) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  desk.begin_all("a1");
  desk.agents.at("a1").held.clear();
  desk.say_hello("a1");
  EXPECT_EQ(desk.state_of(uuid), JobState::Failed);
  EXPECT_EQ(desk.reason_of(uuid), "Host EC2 (agent a1) lost the attempt.");
}

TEST_F(Sessions, WaitForAnEndThatIsAnnounced) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  desk.begin_all("a1");
  desk.disconnect("a1");
  desk.end("a1", {desk.job(uuid).id, kNoChild}, Outcome::Failed, 9);
  desk.say_hello("a1");
  EXPECT_EQ(desk.state_of(uuid), JobState::Failed);
  EXPECT_EQ(desk.rows.attempts().begin()->second.end->exit_code, 9);
}

TEST_F(Sessions, GiveAwayWhatALeaseHeldOnlyWhenItIsCertainlyOver) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  desk.begin_all("a1");
  desk.disconnect("a1");
  const Settings settings;
  const Instant over = desk.state.find_agent("a1")->link.lease_end;
  EXPECT_EQ(desk.decisions.back().wake_at, over);
  EXPECT_EQ(over - desk.now, settings.lease + settings.lease_margin);
  desk.pass(settings.lease + settings.lease_margin - Duration(1));
  EXPECT_EQ(desk.state_of(uuid), JobState::Running);
  desk.pass(Duration(1));
  EXPECT_EQ(desk.state_of(uuid), JobState::Failed);
  EXPECT_EQ(desk.reason_of(uuid), "Host EC2 (agent a1) terminated.");
}

TEST_F(Sessions, RenewLeasesFromTheAnswerOn) {
  desk.put(Desk::submission("j"));
  desk.pass(std::chrono::minutes(20));
  desk.renew("a1");
  const auto granted = std::get<LeaseGranted>(desk.orders_to("a1").front());
  EXPECT_EQ(granted.lease, Settings().lease);
  EXPECT_EQ(desk.state.find_agent("a1")->link.lease_end - desk.now,
            Settings().lease + Settings().lease_margin);
}

TEST_F(Sessions, BelieveASmallerCapacityAsFarAsWhatRunsAllows) {
  desk.put(Desk::submission("j"));
  desk.put(Desk::submission("k"));
  desk.begin_all("a1");
  desk.agents.at("a1").capacity = {1000, 4096, 0};
  desk.say_hello("a1");
  EXPECT_EQ(desk.state.find_agent("a1")->agent.capacity, (Resources{2000, 4096, 0}));
  desk.end_first("a1");
  EXPECT_EQ(desk.state.find_agent("a1")->agent.capacity, (Resources{1000, 4096, 0}));
}

// The supervisor would give it back at once, for as long as the large one runs.
TEST_F(Sessions, GiveNothingAheadThatFitsOnlyWhileSomethingLargerRuns) {
  desk.put(Desk::submission("j", {2000, 4096, 0}));
  desk.begin_all("a1");
  desk.agents.at("a1").capacity = {1000, 1024, 0};
  desk.say_hello("a1");
  desk.put(Desk::submission("large", {2000, 512, 0}));
  desk.put(Desk::submission("small", {1000, 512, 0}));
  const auto& ahead = desk.state.find_agent("a1")->ahead;
  ASSERT_EQ(ahead.size(), 1U);
  EXPECT_EQ(desk.state.find_job(ahead.begin()->second.job)->job.spec->name, "small");
}

TEST_F(Sessions, TellHowAgentsStand) {
  EXPECT_EQ(view("a1").state, AgentView::State::Ready);
  desk.take(AgentDrained{"a1", true});
  EXPECT_EQ(view("a1").state, AgentView::State::Draining);
  desk.take(AgentDrained{"a1", false});
  desk.pass(std::chrono::seconds(16));
  EXPECT_EQ(view("a1").state, AgentView::State::Silent);
  EXPECT_EQ(view("a1").silent_for, std::chrono::seconds(16));
  desk.disconnect("a1");
  EXPECT_EQ(view("a1").state, AgentView::State::Disconnected);
  EXPECT_TRUE(std::holds_alternative<Error>(desk.take(AgentDrained{"nobody", true})));
}

}  // namespace
}  // namespace dray
