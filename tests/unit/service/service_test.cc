#include "scheduler/service/service.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "scheduler/store/database.h"
#include "tests/unit/service/frame_peer.h"

namespace dray {
namespace {

/// A scheduler in a folder of its own, and an agent that speaks frames.
class RunningService : public ::testing::Test {
 protected:
  RunningService()
      : folder(std::filesystem::temp_directory_path() /
               ("service." + std::to_string(::getpid()) + "." +
                ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(folder);
    open();
  }
  ~RunningService() override {
    service.reset();
    std::filesystem::remove_all(folder);
  }
  void open() {
    ServiceSettings settings;
    settings.data_dir = folder;
    settings.agents_port = 0;
    auto opened = Service::open(settings);
    ASSERT_TRUE(opened) << opened.error().reason;
    service = std::move(*opened);
    service->start();
  }
  api::Backend& backend() { return service->backend(); }

  void set_up_queue() {
    ComputeEnvironment environment;
    environment.name = "default";
    ASSERT_TRUE(backend().create_environment(environment));
    JobQueue queue;
    queue.name = "q";
    queue.environments = {"default"};
    ASSERT_TRUE(backend().create_queue(queue));
    JobDefinition definition;
    definition.name = "d";
    definition.container.image = "native";
    definition.container.command = {"true"};
    definition.container.request = {1000, 64, 0};
    const auto revision = backend().register_definition(definition);
    ASSERT_TRUE(revision);
    EXPECT_EQ(*revision, 1);
  }
  Result<api::SubmittedJob> submit(std::vector<Dependency> depends_on = {},
                                   std::int32_t array_size = 0) {
    Submission submission;
    submission.name = "j";
    submission.queue = "q";
    submission.definition = "d";
    submission.array_size = array_size;
    submission.depends_on = std::move(depends_on);
    return backend().submit(submission);
  }
  /// Says hello and takes the session from the welcome.
  void greet(FramePeer& peer) {
    Hello hello;
    hello.agent_name = "a";
    hello.environment = "default";
    hello.capacity = {4000, 4096, 0};
    hello.boot_id = "boot";
    hello.incarnation = 1;
    hello.sequence = ++hello_sequence;
    peer.say(AgentMessage(hello));
    session = peer.expect<Welcome>().session;
  }
  void finish(FramePeer& peer, const StartAttempt& start, int exit_code) {
    peer.say(AgentMessage(Facts{session, {AttemptBegan{start.key, start.token, Duration(0)}}}));
    AttemptFinished finished{start.key, start.token, true, false, Duration(2), Duration(0), {}};
    finished.end.outcome = exit_code == 0 ? Outcome::Succeeded : Outcome::Failed;
    finished.end.exit_code = exit_code;
    peer.say(AgentMessage(Facts{session, {finished}}));
    const auto acknowledged = peer.expect<AcknowledgeEnds>();
    EXPECT_EQ(acknowledged.attempts, std::vector<AttemptKey>{start.key});
  }
  JobDetail describe(const Uuid& uuid) {
    const auto details = backend().describe({{uuid, kNoChild}});
    if (!details || details->size() != 1) {
      ADD_FAILURE() << "the job is not there";
      return {};
    }
    return details->front();
  }

  std::filesystem::path folder;
  std::unique_ptr<Service> service;
  std::uint64_t hello_sequence = 0;
  SessionId session;
};

TEST_F(RunningService, ShowsTheLatestFailuresAlsoAfterARestart) {
  set_up_queue();
  const auto needed = submit();
  ASSERT_TRUE(needed);
  const auto dependent = submit({{needed->uuid, kNoChild, DependencyType::Whole}});
  ASSERT_TRUE(dependent);
  ASSERT_TRUE(backend().cancel({needed->uuid, kNoChild}, {"not needed", "ann"}));
  const auto expect_it = [&] {
    const auto overview = backend().overview();
    ASSERT_TRUE(overview);
    ASSERT_EQ(overview->failures.size(), 1U) << "the other was ended by its user";
    EXPECT_EQ(overview->failures[0].job, (JobName{dependent->uuid, kNoChild}));
    EXPECT_EQ(overview->failures[0].name, "j");
    EXPECT_EQ(overview->failures[0].status_reason, "Dependent Job failed");
    EXPECT_EQ(overview->queues.size(), 1U);
  };
  expect_it();
  service.reset();
  open();
  expect_it();
}

TEST_F(RunningService, IsReadyUntilItEnds) {
  set_up_queue();
  for (const api::Check& check : backend().checks()) {
    EXPECT_TRUE(check.is_ok) << check.name << ": " << check.reason;
  }
  const auto metrics = backend().metrics({.streams_open = 7});
  ASSERT_TRUE(metrics);
  EXPECT_NE(metrics->find("\ndray_jobs{queue=\"q\",state=\"RUNNABLE\"} 0\n"), std::string::npos);
  EXPECT_NE(metrics->find("\ndray_http_streams 7\n"), std::string::npos);
  EXPECT_EQ(metrics->find("dray_db_size_bytes 0\n"), std::string::npos);
  service->stop();
  bool is_ready = true;
  for (const api::Check& check : backend().checks()) {
    is_ready = is_ready && check.is_ok;
  }
  EXPECT_FALSE(is_ready);
}

TEST_F(RunningService, RunsAJobToItsEndAndKeepsItOverARestart) {
  set_up_queue();
  const auto job = submit();
  ASSERT_TRUE(job) << job.error().reason;
  EXPECT_EQ(describe(job->uuid).job.state, JobState::Runnable);
  FramePeer agent(service->agents_port());
  greet(agent);
  const auto order = agent.expect<StartAttempts>();
  ASSERT_EQ(order.starts.size(), 1U);
  ASSERT_EQ(order.jobs.size(), 1U);
  EXPECT_EQ(order.jobs[0].uuid, job->uuid);
  EXPECT_EQ(order.jobs[0].spec->container.command, std::vector<std::string>{"true"});
  EXPECT_EQ(describe(job->uuid).job.state, JobState::Starting);
  finish(agent, order.starts[0], 0);
  EXPECT_EQ(describe(job->uuid).job.state, JobState::Succeeded);

  service.reset();
  open();
  const JobDetail detail = describe(job->uuid);
  EXPECT_EQ(detail.job.state, JobState::Succeeded);
  ASSERT_EQ(detail.attempts.size(), 1U);
  EXPECT_EQ(detail.attempts[0].end->exit_code, 0);
}

TEST_F(RunningService, ARestartLeavesWhatRunsToItsAgent) {
  set_up_queue();
  const auto job = submit();
  ASSERT_TRUE(job);
  StartAttempt start;
  {
    FramePeer agent(service->agents_port());
    greet(agent);
    start = agent.expect<StartAttempts>().starts.at(0);
    agent.say(AgentMessage(Facts{session, {AttemptBegan{start.key, start.token, Duration(0)}}}));
    service.reset();
  }
  open();
  FramePeer agent(service->agents_port());
  Hello hello{1, "a", "default", {4000, 4096, 0}, "boot", 1, ++hello_sequence, {}, {}, ""};
  hello.held = {{start.key, start.token, true}};
  agent.say(AgentMessage(hello));
  const auto welcome = agent.expect<Welcome>();
  EXPECT_EQ(welcome.keep, std::vector<AttemptKey>{start.key});
  session = welcome.session;
  finish(agent, start, 3);
  const JobDetail detail = describe(job->uuid);
  EXPECT_EQ(detail.job.state, JobState::Failed);
  EXPECT_EQ(detail.job.attempts_made, 1U);
}

TEST_F(RunningService, TakesDependenciesThatHaveLeftTheStateFromDisk) {
  set_up_queue();
  FramePeer agent(service->agents_port());
  greet(agent);
  const auto first = submit();
  ASSERT_TRUE(first);
  finish(agent, agent.expect<StartAttempts>().starts.at(0), 0);
  const auto second = submit({{first->uuid}});
  ASSERT_TRUE(second) << second.error().reason;
  finish(agent, agent.expect<StartAttempts>().starts.at(0), 0);
  EXPECT_EQ(describe(second->uuid).job.state, JobState::Succeeded);
  EXPECT_FALSE(submit({{Uuid{1, 2}}}));
}

TEST_F(RunningService, ComparesSizesWithArraysThatHaveLeftTheState) {
  set_up_queue();
  FramePeer agent(service->agents_port());
  greet(agent);
  const auto single = submit();
  finish(agent, agent.expect<StartAttempts>().starts.at(0), 0);
  const auto n_to_n = [this](const Uuid& on, std::int32_t size) {
    return submit({{on, kNoChild, DependencyType::NToN}}, size);
  };
  EXPECT_FALSE(n_to_n(single->uuid, 2)) << "it is no array";
  const auto first = submit({}, 2);
  const auto starts = agent.expect<StartAttempts>().starts;
  finish(agent, starts.at(0), 0);
  finish(agent, starts.at(1), 1);
  EXPECT_EQ(describe(first->uuid).job.state, JobState::Failed);
  EXPECT_FALSE(n_to_n(first->uuid, 3)) << "it has another size";
  const auto second = n_to_n(first->uuid, 2);
  ASSERT_TRUE(second) << second.error().reason;
  const auto child = backend().describe({{second->uuid, 1}});
  EXPECT_EQ(child->at(0).job.state, JobState::Failed);
  EXPECT_EQ(child->at(0).job.status_reason, "Dependent Job failed");
  EXPECT_EQ(agent.expect<StartAttempts>().starts.at(0).key.job.child, 0);
}

TEST_F(RunningService, ExplainsWaitingAndEndedJobs) {
  set_up_queue();
  const auto job = submit();
  ASSERT_TRUE(job);
  auto explanations = backend().explain({{job->uuid, kNoChild}, {Uuid{1, 2}, kNoChild}});
  ASSERT_TRUE(explanations);
  ASSERT_EQ(explanations->size(), 1U);
  EXPECT_EQ(explanations->front().code, WaitCode::NoAgent);
  FramePeer agent(service->agents_port());
  greet(agent);
  finish(agent, agent.expect<StartAttempts>().starts.at(0), 0);
  explanations = backend().explain({{job->uuid, kNoChild}});
  ASSERT_TRUE(explanations);
  EXPECT_EQ(explanations->front().code, WaitCode::NotWaiting);
  const auto agents = backend().agents();
  ASSERT_TRUE(agents);
  ASSERT_EQ(agents->size(), 1U);
  EXPECT_EQ(agents->front().state, "ready");
}

TEST_F(RunningService, KnowsThatAnAttemptThatNeverRanHasNoLogToWaitFor) {
  set_up_queue();
  ASSERT_TRUE(submit());
  FramePeer agent(service->agents_port());
  greet(agent);
  const StartAttempt start = agent.expect<StartAttempts>().starts.at(0);
  const auto before = backend().read_log(start.key, 0, 1000);
  ASSERT_TRUE(before);
  EXPECT_FALSE(before->is_complete);
  AttemptFinished finished{start.key, start.token, false, false, Duration(0), Duration(0), {}};
  finished.end.outcome = Outcome::LaunchFailed;
  agent.say(AgentMessage(Facts{session, {finished}}));
  agent.expect<AcknowledgeEnds>();
  const auto after = backend().read_log(start.key, 0, 1000);
  ASSERT_TRUE(after);
  EXPECT_TRUE(after->is_complete);
}

TEST_F(RunningService, KeepsLogsThatAgentsShip) {
  set_up_queue();
  const auto job = submit();
  ASSERT_TRUE(job);
  FramePeer agent(service->agents_port());
  greet(agent);
  const StartAttempt start = agent.expect<StartAttempts>().starts.at(0);
  const LogStreamName name{std::string(kJobLogGroup), "d/default/" + task_id(start.key)};
  const auto silent = backend().log_stream(name);
  ASSERT_TRUE(silent);
  EXPECT_EQ(silent->stored_bytes, 0U);

  std::string records;
  append_log_record(records, {LogStream::Output, {5}, "hello\n"});
  FramePeer logs(service->agents_port());
  logs.say(LogMessage(LogHello{"a", "boot", 1}));
  logs.say(LogMessage(LogBytes{start.key, start.token, 0, records, true}));
  const auto told = wire::decode_log_message(logs.hear().value());
  ASSERT_TRUE(told);
  EXPECT_EQ(std::get<LogStored>(*told), (LogStored{start.key, records.size(), true}));

  const auto piece = backend().read_log(start.key, 0, 1000);
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->records, records);
  EXPECT_TRUE(piece->is_complete);
  for (const std::string& prefix :
       {"d/default/" + task_id(start.key), std::string("d"), std::string()}) {
    const auto streams = backend().log_streams({name.group, prefix}, {});
    ASSERT_TRUE(streams) << streams.error().reason;
    ASSERT_EQ(streams->items.size(), 1U) << prefix;
    EXPECT_EQ(streams->items[0].name, name.stream);
  }
  EXPECT_FALSE(backend().log_stream({name.group, "d/default/" + task_id({{{99}, kNoChild}, 1})}));
  EXPECT_FALSE(backend().log_stream({name.group, "e/default/" + task_id(start.key)}));
  EXPECT_EQ(backend().log_stream({"/other", name.stream}).error().reason, kNoLogGroup);

  // A client that deletes the stream does not see it any more; the job still has its log.
  ASSERT_TRUE(backend().change_log_groups(LogStreamGone{name}));
  EXPECT_FALSE(backend().log_stream(name));
  EXPECT_TRUE(backend().log_streams({name.group, ""}, {})->items.empty());
  EXPECT_EQ(backend().read_log(start.key, 0, 1000)->records, records);
  EXPECT_EQ(backend().change_log_groups(LogStreamGone{name}).error().reason, kNoLogStream);
}

TEST_F(RunningService, KeepsLogsOnlyOfAttemptsThatWereGivenOutWithThatToken) {
  set_up_queue();
  ASSERT_TRUE(submit());
  FramePeer agent(service->agents_port());
  greet(agent);
  const StartAttempt start = agent.expect<StartAttempts>().starts.at(0);
  std::string records;
  append_log_record(records, {LogStream::Output, {5}, "hello\n"});
  FramePeer logs(service->agents_port());
  logs.say(LogMessage(LogHello{"a", "boot", 1}));
  const auto ship = [&](const AttemptKey& key, const AttemptToken& token, std::string bytes) {
    logs.say(LogMessage(LogBytes{key, token, 0, std::move(bytes), false}));
    return std::get<LogStored>(wire::decode_log_message(logs.hear().value()).value());
  };
  AttemptKey other = start.key;
  other.number = 2;
  AttemptKey child = start.key;
  child.job.child = 7;
  AttemptToken forged = start.token;
  forged.low ^= 1;
  // Of those nothing is kept, and no more is wanted.
  EXPECT_TRUE(ship({{{99}, kNoChild}, 1}, {}, records).is_complete);
  EXPECT_TRUE(ship(other, start.token, records).is_complete);
  EXPECT_TRUE(ship(child, start.token, records).is_complete);
  EXPECT_TRUE(ship(start.key, forged, records).is_complete);
  const auto streams = backend().log_streams({"/aws/batch/job", ""}, {});
  ASSERT_TRUE(streams);
  EXPECT_TRUE(streams->items.empty());
  // The attempt's own agent is heard after all that, and a forger is not heard after it.
  EXPECT_EQ(ship(start.key, start.token, records), (LogStored{start.key, records.size(), false}));
  EXPECT_TRUE(ship(start.key, forged, records + records).is_complete);
  EXPECT_EQ(backend().read_log(start.key, 0, 1000)->size, records.size());
}

TEST_F(RunningService, WantsNoMoreOfALogThatIsBroken) {
  set_up_queue();
  ASSERT_TRUE(submit());
  FramePeer agent(service->agents_port());
  greet(agent);
  const StartAttempt start = agent.expect<StartAttempts>().starts.at(0);
  FramePeer logs(service->agents_port());
  logs.say(LogMessage(LogHello{"a", "boot", 1}));
  logs.say(LogMessage(LogBytes{start.key, start.token, 0, std::string(100, '\xff'), false}));
  // The connection goes on, for the agent's other logs.
  const auto told = logs.hear();
  ASSERT_TRUE(told);
  EXPECT_TRUE(std::get<LogStored>(*wire::decode_log_message(*told)).is_complete);
}

TEST_F(RunningService, RefusesAfterItHasStopped) {
  set_up_queue();
  service->stop();
  const auto job = submit();
  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().code, ErrorCode::Unavailable);
}

// Else it would break on it at every start, or run on with what cannot be.
TEST_F(RunningService, RefusesADatabaseThatDoesNotFitTogether) {
  set_up_queue();
  ASSERT_TRUE(submit());
  FramePeer agent(service->agents_port());
  greet(agent);
  agent.expect<StartAttempts>();
  service.reset();
  {
    store::Database database(folder / "dray.db", store::Database::Access::Write);
    database.execute("UPDATE attempt SET child = 3");
  }
  ServiceSettings settings;
  settings.data_dir = folder;
  settings.agents_port = 0;
  const auto refused = Service::open(settings);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason,
            "The database does not fit together: job 1 has an attempt of a child that it has not. "
            "Restore a backup of the data folder.");
}

TEST_F(RunningService, IsAloneInItsFolder) {
  ServiceSettings settings;
  settings.data_dir = folder;
  settings.agents_port = 0;
  EXPECT_FALSE(Service::open(settings));
}

}  // namespace
}  // namespace dray
