#include "scheduler/core/soundness.h"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace dray {
namespace {

/// Rows that fit together: a job that runs, and an array with an ended run of children, a child
/// that failed once, and that child's next attempt.
struct Rows {
  Agent agent;
  SessionGranted granted;
  Job job;
  Attempt running;
  Job array;
  ChildrenEnded run;
  Attempt failed;
  Attempt again;

  Rows() {
    agent.id = AgentId{1};
    agent.name = "host";
    agent.capacity = {1000, 1024, 0};
    agent.session = granted.session = SessionId{12};
    job = a_job(1, 0);
    running = an_attempt(1, kNoChild, 1, AttemptState::Running);
    array = a_job(2, 10);
    run.job = JobId{2};
    run.first = 5;
    run.last = 9;
    failed = an_attempt(2, 1, 1, AttemptState::Ended);
    failed.end.emplace();
    failed.stopped_at.emplace();
    again = an_attempt(2, 1, 2, AttemptState::Ahead);
  }
  static Job a_job(std::uint64_t id, std::int32_t size) {
    auto spec = std::make_shared<JobSpec>();
    spec->array_size = size;
    spec->container.request = {1000, 512, 0};
    Job job;
    job.id = JobId{id};
    job.state = size > 0 ? JobState::Pending : JobState::Running;
    job.spec = std::move(spec);
    return job;
  }
  static Attempt an_attempt(std::uint64_t job, std::int32_t child, AttemptNumber number,
                            AttemptState state) {
    Attempt attempt;
    attempt.key = {{JobId{job}, child}, number};
    attempt.agent = AgentId{1};
    attempt.state = state;
    return attempt;
  }

  /// The first problem when they are told.
  [[nodiscard]] std::string problem() const {
    Soundness soundness;
    for (const Change& change :
         std::vector<Change>{AgentPut{agent}, granted, JobAdded{job}, AttemptPut{running},
                             JobAdded{array}, run, AttemptPut{failed}, AttemptPut{again}}) {
      if (const auto problem = soundness.problem_with(change)) {
        return *problem;
      }
    }
    return "";
  }
};

TEST(Soundness, FindsWhatDoesNotFitTogether) {
  EXPECT_EQ(Rows().problem(), "");
  using Spoil = std::function<void(Rows&)>;
  const std::vector<std::pair<Spoil, std::string>> cases = {
      {[](Rows& rows) { rows.agent.capacity.memory_mib = -1; }, "agent 1 cannot be"},
      {[](Rows& rows) { rows.agent.name.clear(); }, "agent 1 cannot be"},
      {[](Rows& rows) { rows.agent.session = SessionId{13}; },
       "an agent has a session that was never granted"},
      {[](Rows& rows) { rows.agent.id = AgentId{7}; },
       "job 1 has an attempt on an agent that does not exist"},
      {[](Rows& rows) { rows.agent.capacity.milli_vcpus = 999; },
       "more runs on agent 1 than it has room for"},
      {[](Rows& rows) { rows.job.stopped_at.emplace(); }, "job 1 cannot be"},
      {[](Rows& rows) { rows.array.id = JobId{1}; }, "job 1 cannot be"},
      {[](Rows& rows) { rows.array = Rows::a_job(2, -5); }, "job 2 cannot be"},
      {[](Rows& rows) {
         rows.job.state = JobState::Failed;
         rows.job.stopped_at.emplace();
       },
       "job 1 has ended, and an attempt of it lives"},
      {[](Rows& rows) { rows.running.key.job.child = 0; },
       "job 1 has an attempt of a child that it has not"},
      {[](Rows& rows) { rows.failed.key.job.child = 10; },
       "job 2 has an attempt of a child that it has not"},
      {[](Rows& rows) { rows.again.key.job.child = kNoChild; },
       "job 2 has an attempt of a child that it has not"},
      {[](Rows& rows) { rows.again.key.job.job = JobId{9}; },
       "job 9 has an attempt of a child that it has not"},
      {[](Rows& rows) { rows.running.key.number = 0; },
       "job 1 has an attempt with a number that cannot be"},
      {[](Rows& rows) { rows.again.key.number = 256; },
       "job 2 has an attempt with a number that cannot be"},
      {[](Rows& rows) { std::swap(rows.failed, rows.again); },
       "job 2 went on while an attempt lived"},
      {[](Rows& rows) { rows.failed.end.reset(); }, "job 2 has an attempt that has ended by half"},
      {[](Rows& rows) { rows.running.stopped_at.emplace(); },
       "job 1 has an attempt that has ended by half"},
      {[](Rows& rows) { rows.run.last = 10; }, "job 2 has ended children that it cannot have"},
      {[](Rows& rows) { rows.run.first = -1; }, "job 2 has ended children that it cannot have"},
  };
  for (const auto& [spoil, sentence] : cases) {
    Rows rows;
    spoil(rows);
    EXPECT_EQ(rows.problem(), sentence);
  }
}

}  // namespace
}  // namespace dray
