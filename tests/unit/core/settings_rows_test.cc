#include <gtest/gtest.h>

#include "tests/support/desk.h"

/// Environments, queues, definitions: what exists, what may go, and what is said when not.
namespace dray {
namespace {

std::string refusal(const Reply& reply) {
  const auto* error = std::get_if<Error>(&reply);
  return error == nullptr ? "" : error->reason;
}

TEST(Environments, AreCreatedOnce) {
  Desk desk;
  EXPECT_EQ(refusal(desk.take(EnvironmentCreated{{.name = "ce"}})), "");
  EXPECT_EQ(refusal(desk.take(EnvironmentCreated{{.name = "ce"}})), "Object already exists");
}

TEST(Environments, ChangeOnlyWhatIsGiven) {
  Desk desk;
  desk.add_environment("ce", 8);
  desk.take(EnvironmentUpdated{{.name = "ce", .is_enabled = false}});
  EXPECT_EQ(desk.state.environments().at("ce").vcpus_max, 8);
  EXPECT_FALSE(desk.state.environments().at("ce").is_enabled);
  EXPECT_EQ(refusal(desk.take(EnvironmentUpdated{{.name = "no"}})),
            "ComputeEnvironment no does not exist");
}

TEST(Environments, GoWhenDisabledAndInNoQueue) {
  Desk desk;
  desk.add_environment("ce");
  desk.add_queue("q", 1);
  desk.take(EnvironmentUpdated{{.name = "ce", .is_enabled = false}});
  EXPECT_EQ(refusal(desk.take(EnvironmentDeleted{"ce"})),
            "Cannot delete, found existing JobQueue relationship.");
  desk.take(QueueUpdated{{.name = "q", .is_enabled = false}});
  desk.take(QueueDeleted{"q"});
  EXPECT_EQ(refusal(desk.take(EnvironmentDeleted{"ce"})), "");
  EXPECT_TRUE(desk.state.environments().empty());
  EXPECT_EQ(refusal(desk.take(EnvironmentDeleted{"ce"})), "ComputeEnvironment ce does not exist");
}

TEST(Queues, NameEnvironmentsThatExist) {
  Desk desk;
  EXPECT_EQ(refusal(desk.take(QueueCreated{{.name = "q", .environments = {"ce"}}})),
            "ComputeEnvironment ce does not exist");
  desk.add_environment("ce");
  EXPECT_EQ(refusal(desk.take(QueueCreated{{.name = "q", .environments = {"ce"}}})), "");
  EXPECT_EQ(refusal(desk.take(QueueCreated{{.name = "q"}})), "Object already exists");
  EXPECT_EQ(refusal(desk.take(QueueUpdated{{.name = "q", .environments = {{"no"}}}})),
            "ComputeEnvironment no does not exist");
  EXPECT_EQ(refusal(desk.take(QueueUpdated{{.name = "x"}})), "JobQueue x does not exist");
  EXPECT_EQ(refusal(desk.take(QueueDeleted{"x"})), "JobQueue x does not exist");
}

TEST(Definitions, CountRevisionsOverDeregisteredOnes) {
  Desk desk;
  const auto revision = [&desk] {
    return std::get<DefinitionAccepted>(desk.take(DefinitionRegistered{{.name = "d"}})).revision;
  };
  EXPECT_EQ(revision(), 1);
  EXPECT_EQ(revision(), 2);
  desk.take(DefinitionDeregistered{"d", 2});
  EXPECT_EQ(revision(), 3);
  EXPECT_EQ(desk.state.definitions().at("d").at(2).status, DefinitionStatus::Inactive);
  EXPECT_EQ(refusal(desk.take(DefinitionDeregistered{"d", 9})), "JobDefinition d:9 does not exist");
}

TEST(Submit, TakesTheNewestActiveRevisionOrTheOneThatIsNamed) {
  Desk desk;
  desk.set_up();
  desk.take(DefinitionRegistered{
      {.name = "d", .container = {.image = "two", .request = {1000, 512, 0}}}});
  EXPECT_EQ(desk.job(desk.put(Desk::submission("j"))).spec->container.image, "two");
  Submission first = Desk::submission("j");
  first.revision = 1;
  EXPECT_EQ(desk.job(desk.put(first)).spec->container.image, "native");
  desk.take(DefinitionDeregistered{"d", 2});
  EXPECT_EQ(desk.job(desk.put(Desk::submission("j"))).spec->definition_revision, 1);
  first.revision = 2;
  EXPECT_EQ(refusal(desk.submit(first)), "JobDefinition d:2 is not active");
}

TEST(Submit, RefusesUnknownAndDisabledQueues) {
  Desk desk;
  desk.set_up();
  Submission it = Desk::submission("j");
  it.queue = "no";
  EXPECT_EQ(refusal(desk.submit(it)), "JobQueue no does not exist");
  desk.take(QueueUpdated{{.name = "q", .is_enabled = false}});
  EXPECT_EQ(refusal(desk.submit(Desk::submission("j"))), "JobQueue q is disabled");
}

TEST(Submit, AsksForDependenciesThatItDoesNotKnow) {
  Desk desk;
  desk.set_up();
  JobSubmitted event{.uuid = desk.uuid_of(77), .submission = Desk::submission("j")};
  event.submission.depends_on = {{desk.uuid_of(50), 3}};
  const Reply asked = desk.take(event);
  EXPECT_EQ(std::get<UnknownDependencies>(asked).jobs.front(), std::pair(desk.uuid_of(50), 3));
  EXPECT_TRUE(desk.rows.jobs().empty());
  event.known_ends[{desk.uuid_of(50), 3}] = JobState::Succeeded;
  EXPECT_TRUE(std::holds_alternative<JobAccepted>(desk.take(event)));
  EXPECT_EQ(desk.state_of(desk.uuid_of(77)), JobState::Runnable);
  event.uuid = desk.uuid_of(78);
  event.known_ends[{desk.uuid_of(50), 3}] = JobState::Failed;
  desk.take(event);
  EXPECT_EQ(desk.reason_of(desk.uuid_of(78)), "Dependent Job failed");
}

}  // namespace
}  // namespace dray
