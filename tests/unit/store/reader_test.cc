#include "scheduler/store/reader.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "tests/unit/store/store_room.h"

namespace dray {
namespace {

using State = JobState;

JobDetail describe(StoreRoom& room, std::uint64_t id, std::int32_t child = kNoChild) {
  auto details = room.reader().describe({{a_uuid(id), child}}).value();
  EXPECT_EQ(details.size(), 1U);
  return details.empty() ? JobDetail() : details.front();
}

Agent agent_named(const std::string& name) {
  Agent agent;
  agent.id.value = 1;
  agent.name = name;
  return agent;
}

TEST(Reader, DescribesASingleJobWithItsAttempts) {
  StoreRoom room;
  const Job job = a_job(1, a_spec("one"), State::Running);
  const Attempt first = an_ended_attempt(1, kNoChild, Outcome::Failed, false);
  const Attempt second = an_attempt(1, kNoChild, AttemptState::Running, 2);
  room.commit(
      {AgentPut{agent_named("host")}, JobAdded{job}, AttemptPut{first}, AttemptPut{second}});
  const JobDetail detail = describe(room, 1);
  EXPECT_EQ(text_of(JobAdded{detail.job}), text_of(JobAdded{job}));
  EXPECT_EQ(detail.attempts, (std::vector<Attempt>{first, second}));
  EXPECT_EQ(detail.agents, (std::map<AgentId, std::string>{{AgentId{1}, "host"}}));
  EXPECT_FALSE(detail.counts);
}

TEST(Reader, LeavesOutWhatDoesNotExist) {
  StoreRoom room;
  room.commit({JobAdded{a_job(1, a_spec("one"))}, JobAdded{a_job(2, a_spec("many", 3))}});
  const auto found = room.reader().describe({{a_uuid(9), kNoChild},
                                             {a_uuid(1), 0},
                                             {a_uuid(2), 3},
                                             {a_uuid(2), -2},
                                             {a_uuid(2), 2},
                                             {a_uuid(1), kNoChild}});
  ASSERT_EQ(found.value().size(), 2U);
  EXPECT_EQ(found.value()[0].child, 2);
  EXPECT_EQ(found.value()[1].job.id.value, 1U);
}

TEST(Reader, DescribesAParentByItsCounts) {
  StoreRoom room;
  room.commit({JobAdded{a_job(1, a_spec("many", 9), State::Pending)},
               AttemptPut{an_attempt(1, 0, AttemptState::Running)}});
  JobDetail detail = describe(room, 1);
  EXPECT_EQ(detail.counts, (StateCounts{0, 0, 9, 0, 0, 0, 0})) << "before the first count";
  room.commit({counts(1, {0, 1, 2, 0, 3, 3, 0})});
  detail = describe(room, 1);
  EXPECT_EQ(detail.counts, (StateCounts{0, 1, 2, 0, 3, 3, 0}));
  EXPECT_EQ(detail.counts_at, WallTime{3'000});
  EXPECT_TRUE(detail.attempts.empty()) << "AWS: a parent has none";
}

TEST(Reader, DescribesChildrenAsSingleJobsInTheirPlace) {
  StoreRoom room;
  room.commit({JobAdded{a_job(1, a_spec("many", 9), State::Pending)},
               counts(1, {0, 0, 4, 1, 1, 1, 2}), AttemptPut{an_attempt(1, 0, AttemptState::Ahead)},
               AttemptPut{an_attempt(1, 1, AttemptState::Starting)},
               AttemptPut{an_attempt(1, 2, AttemptState::Running)},
               AttemptPut{an_ended_attempt(1, 3, Outcome::Succeeded)},
               AttemptPut{an_ended_attempt(1, 4, Outcome::Failed, false)},
               AttemptPut{an_ended_attempt(1, 5, Outcome::Failed, false)},
               AttemptPut{an_ended_attempt(1, 5, Outcome::Failed, true, 2)},
               AttemptPut{an_ended_attempt(1, 6, Outcome::Failed, false)},
               ChildrenEnded{JobId{1}, 6, 7, State::Failed, "stop", {2'300}, true, false}});
  const std::vector<State> states = {State::Runnable,  State::Starting, State::Running,
                                     State::Succeeded, State::Runnable, State::Failed,
                                     State::Failed,    State::Failed,   State::Runnable};
  const std::vector<AttemptNumber> made = {0, 1, 1, 1, 1, 2, 1, 0, 0};
  for (std::int32_t child = 0; child < 9; ++child) {
    const JobDetail detail = describe(room, 1, child);
    const auto at = static_cast<std::size_t>(child);
    EXPECT_EQ(detail.job.state, states[at]) << child;
    EXPECT_EQ(detail.job.attempts_made, made[at]) << child;
    EXPECT_EQ(detail.job.stopped_at.has_value(), is_terminal(states[at])) << child;
    EXPECT_EQ(detail.child, child);
  }
  EXPECT_EQ(describe(room, 1, 3).job.stopped_at, WallTime{2'200});
  EXPECT_EQ(describe(room, 1, 3).job.started_at, WallTime{2'100});
  EXPECT_EQ(describe(room, 1, 5).job.status_reason, "status");
  EXPECT_EQ(describe(room, 1, 5).attempts.size(), 2U);
  EXPECT_EQ(describe(room, 1, 6).job.status_reason, "stop");
  EXPECT_EQ(describe(room, 1, 7).job.stopped_at, WallTime{2'300});
  EXPECT_TRUE(describe(room, 1, 7).job.is_cancelled);
  EXPECT_FALSE(describe(room, 1, 8).job.is_cancelled);
}

TEST(Reader, LetsATerminatedChildFailHoweverItEnded) {
  StoreRoom room;
  Attempt stopped = an_ended_attempt(1, 0, Outcome::Succeeded);
  stopped.stop_requested = true;
  stopped.stop_reason = "enough";
  room.commit({JobAdded{a_job(1, a_spec("many", 2), State::Pending)}, AttemptPut{stopped}});
  EXPECT_EQ(describe(room, 1, 0).job.state, State::Failed);
  EXPECT_EQ(describe(room, 1, 0).job.status_reason, "enough");
}

TEST(Reader, ShowsThatAChildAloneIsBeingTerminated) {
  StoreRoom room;
  Attempt running = an_ended_attempt(1, 0, Outcome::Succeeded);
  running.state = AttemptState::Running;
  running.stopped_at.reset();
  running.end.reset();
  Attempt stopped = running;
  stopped.key.job.child = 1;
  stopped.stop_requested = true;
  stopped.stop_reason = "enough";
  room.commit({JobAdded{a_job(1, a_spec("many", 2), State::Pending)}, AttemptPut{running},
               AttemptPut{stopped}});
  EXPECT_FALSE(describe(room, 1, 0).job.is_terminated);
  EXPECT_TRUE(describe(room, 1, 1).job.is_terminated) << "AWS: before the job ends";
  EXPECT_EQ(describe(room, 1, 1).job.state, State::Running);
}

TEST(Reader, MarksOnlyTheChildrenThatTheEndOfTheirArrayReached) {
  const auto array_with = [](StoreRoom& room, bool is_cancelled, bool is_terminated) {
    Job array = a_job(1, a_spec("many", 5), State::Pending);
    array.is_cancelled = is_cancelled;
    array.is_terminated = is_terminated;
    Attempt stopped = an_ended_attempt(1, 2, Outcome::Stopped);
    stopped.stop_requested = true;
    Attempt running = an_attempt(1, 3, AttemptState::Running);
    room.commit({JobAdded{array}, AttemptPut{an_ended_attempt(1, 0, Outcome::Succeeded)},
                 AttemptPut{an_ended_attempt(1, 1, Outcome::Failed)}, AttemptPut{stopped},
                 AttemptPut{running},
                 ChildrenEnded{
                     JobId{1}, 4, 4, State::Failed, "stop", {2'300}, is_cancelled, is_terminated}});
  };
  StoreRoom cancelled;
  array_with(cancelled, true, false);
  StoreRoom terminated;
  array_with(terminated, false, true);
  for (const std::int32_t child : {0, 1, 3}) {  // Ended before, or goes on all the same.
    EXPECT_FALSE(describe(cancelled, 1, child).job.is_cancelled) << child;
    EXPECT_FALSE(describe(terminated, 1, child).job.is_terminated) << child;
  }
  for (const std::int32_t child : {2, 4}) {
    EXPECT_TRUE(describe(cancelled, 1, child).job.is_cancelled) << child;
    EXPECT_FALSE(describe(cancelled, 1, child).job.is_terminated) << child;
    EXPECT_TRUE(describe(terminated, 1, child).job.is_terminated) << child;
    EXPECT_FALSE(describe(terminated, 1, child).job.is_cancelled) << child;
  }
}

TEST(Reader, LetsWaitingChildrenBePendingAsTheirDependenciesSay) {
  StoreRoom room;
  JobSpec each = a_spec("each", 3);
  each.depends_on = {{a_uuid(1), kNoChild, DependencyType::NToN}};
  JobSpec in_order = a_spec("in order", 3);
  in_order.depends_on = {{{}, kNoChild, DependencyType::Sequential}};
  JobSpec whole = a_spec("whole", 3);
  whole.depends_on = {{a_uuid(1), kNoChild, DependencyType::Whole}};
  room.commit({JobAdded{a_job(1, a_spec("many", 3), State::Pending)},
               counts(1, {0, 0, 2, 0, 0, 1, 0}),
               AttemptPut{an_ended_attempt(1, 1, Outcome::Succeeded)},
               JobAdded{a_job(2, each, State::Pending)}, counts(2, {0, 2, 1, 0, 0, 0, 0}),
               JobAdded{a_job(3, in_order, State::Pending)}, counts(3, {0, 1, 1, 0, 0, 1, 0}),
               AttemptPut{an_ended_attempt(3, 0, Outcome::Succeeded)},
               JobAdded{a_job(4, whole, State::Pending)}, counts(4, {0, 3, 0, 0, 0, 0, 0})});
  const auto states = [&](std::uint64_t id) {
    return std::vector<State>{describe(room, id, 0).job.state, describe(room, id, 1).job.state,
                              describe(room, id, 2).job.state};
  };
  EXPECT_EQ(states(1), (std::vector<State>{State::Runnable, State::Succeeded, State::Runnable}));
  EXPECT_EQ(states(2), (std::vector<State>{State::Pending, State::Runnable, State::Pending}));
  EXPECT_EQ(states(3), (std::vector<State>{State::Succeeded, State::Runnable, State::Pending}));
  EXPECT_EQ(states(4), (std::vector<State>{State::Pending, State::Pending, State::Pending}));
}

TEST(Reader, KnowsTheStatesOfDependencies) {
  StoreRoom room;
  room.commit({JobAdded{a_job(1, a_spec("one"), State::Succeeded)},
               JobAdded{a_job(2, a_spec("many", 2), State::Failed)},
               AttemptPut{an_ended_attempt(2, 0, Outcome::Succeeded)},
               AttemptPut{an_ended_attempt(2, 1, Outcome::Failed)}});
  const auto states = room.reader().states({{a_uuid(1), kNoChild},
                                            {a_uuid(1), 0},
                                            {a_uuid(2), kNoChild},
                                            {a_uuid(2), 0},
                                            {a_uuid(2), 1},
                                            {a_uuid(2), 2},
                                            {a_uuid(3), kNoChild}});
  EXPECT_EQ(states.value(), (std::map<std::pair<Uuid, std::int32_t>, State>{
                                {{a_uuid(1), kNoChild}, State::Succeeded},
                                {{a_uuid(2), kNoChild}, State::Failed},
                                {{a_uuid(2), 0}, State::Succeeded},
                                {{a_uuid(2), 1}, State::Failed}}));
}

TEST(Reader, FindsTheJobsOfStreams) {
  StoreRoom room;
  room.commit({JobAdded{a_job(5, a_spec("one"))}});
  const auto owners = room.reader().stream_owners({JobId{5}, JobId{6}}).value();
  ASSERT_EQ(owners.size(), 1U);
  EXPECT_EQ(owners.at(JobId{5}).uuid, a_uuid(5));
  EXPECT_EQ(owners.at(JobId{5}).definition, "d");
}

JobDefinition a_definition(const std::string& name, std::int32_t revision,
                           DefinitionStatus status) {
  JobDefinition definition;
  definition.name = name;
  definition.revision = revision;
  definition.status = status;
  return definition;
}

std::vector<std::string> names(const PageOf<JobDefinition>& page) {
  std::vector<std::string> found;
  for (const JobDefinition& definition : page.items) {
    found.push_back(definition.name + ":" + std::to_string(definition.revision));
  }
  return found;
}

TEST(Reader, PagesDefinitions) {
  StoreRoom room;
  using enum DefinitionStatus;
  room.commit(
      {DefinitionPut{a_definition("a", 1, Inactive)}, DefinitionPut{a_definition("a", 2, Active)},
       DefinitionPut{a_definition("a:b", 1, Active)}, DefinitionPut{a_definition("b", 1, Active)}});
  using Names = std::vector<std::string>;
  const auto ask = [&](const DefinitionQuery& query, const Page& page) {
    return room.reader().definitions(query, page).value();
  };
  EXPECT_EQ(names(ask({}, {})), (Names{"a:1", "a:2", "a:b:1", "b:1"}));
  EXPECT_EQ(names(ask({.name = "a"}, {})), (Names{"a:1", "a:2"}));
  EXPECT_EQ(names(ask({.name = "a", .status = Active}, {})), (Names{"a:2"}));
  EXPECT_EQ(names(ask({.exactly = {{"b", 1}, {"b", 2}, {"a", 1}}}, {})), (Names{"b:1", "a:1"}));
  const auto first = ask({}, {.results_max = 3});
  EXPECT_EQ(names(first), (Names{"a:1", "a:2", "a:b:1"}));
  const auto second = ask({}, {.results_max = 3, .after = first.next});
  EXPECT_EQ(names(second), (Names{"b:1"}));
  EXPECT_EQ(second.next, "");
  EXPECT_EQ(room.reader().definitions({}, {.after = "nonsense"}).error().code,
            ErrorCode::BadRequest);
}

TEST(Reader, CountsTheJobsOfAQueueChildByChild) {
  StoreRoom room;
  JobQueue queue;
  queue.name = "q";
  JobQueue other;
  other.name = "r";
  room.commit({QueuePut{queue}, QueuePut{other}, JobAdded{a_job(1, a_spec("a"), State::Running)},
               JobAdded{a_job(2, a_spec("b"), State::Succeeded)},
               JobAdded{a_job(3, a_spec("c"), State::Runnable)},
               JobAdded{a_job(4, a_spec("live", 10), State::Pending)},
               counts(4, {0, 1, 2, 0, 3, 4, 0}),
               JobAdded{a_job(5, a_spec("uncounted", 5), State::Pending)},
               JobAdded{a_job(6, a_spec("ends", 7), State::Pending)}});
  const auto all = room.reader().queues({}).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].queue.name, "q");
  EXPECT_EQ(all[0].counts, (StateCounts{0, 1, 15, 0, 4, 5, 0}));
  EXPECT_EQ(all[1].counts, StateCounts{});
  // Ends are counted once, however often the rows are written.
  const Job ended = a_job(3, a_spec("c"), State::Failed);
  const Job array = a_job(6, a_spec("ends", 7), State::Failed);
  room.commit({JobMoved{ended}, JobMoved{array}, counts(6, {0, 0, 0, 0, 0, 5, 2})});
  room.commit({JobMoved{ended}, JobMoved{array}});
  const auto found = room.reader().queues({"q", "none"}).value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].counts, (StateCounts{0, 1, 7, 0, 4, 10, 3}));
}

TEST(Reader, GivesEnvironmentsByName) {
  StoreRoom room;
  ComputeEnvironment environment;
  environment.name = "b";
  room.commit({EnvironmentPut{environment}});
  environment.name = "a";
  room.commit({EnvironmentPut{environment}});
  EXPECT_EQ(room.reader().environments({}).value().front().name, "a");
  EXPECT_EQ(room.reader().environments({"b", "b", "c"}).value().size(), 1U);
}

TEST(Reader, AnswersManyThreadsWhileTheWriterWrites) {
  StoreRoom room;
  room.commit({JobAdded{a_job(1, a_spec("one"))}});
  store::Reader& reader = room.reader();
  std::atomic<bool> is_over = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      while (!is_over) {
        const auto found = reader.describe({{a_uuid(1), kNoChild}});
        wrong += found && found->size() == 1 ? 0 : 1;
      }
    });
  }
  for (std::uint64_t id = 2; id < 100; ++id) {
    room.commit({JobAdded{a_job(id, a_spec("more"))}});
  }
  is_over = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace dray
