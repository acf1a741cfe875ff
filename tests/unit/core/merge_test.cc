#include "scheduler/core/merge.h"

#include <gtest/gtest.h>

namespace dray {
namespace {

JobDefinition a_definition() {
  JobDefinition definition;
  definition.name = "d";
  definition.revision = 3;
  definition.container.image = "native";
  definition.container.command = {"run"};
  definition.container.request = {1000, 512, 0};
  return definition;
}

Submission a_submission() {
  Submission submission;
  submission.name = "j";
  submission.queue = "q";
  submission.definition = "d";
  return submission;
}

std::string refusal(const Submission& submission, const JobDefinition& definition,
                    const Settings& settings = {}) {
  const Result<JobSpec> merged = merge(submission, definition, settings);
  return merged ? "" : merged.error().reason;
}

JobDefinition four_nodes() {
  JobDefinition definition = a_definition();
  definition.kind = DefinitionKind::MultiNode;
  definition.node_count = 4;
  definition.ranges = {{0, NodeRange::kToTheEnd, definition.container, {{"seats", 2}}},
                       {1, 2, definition.container, {}}};
  return definition;
}

TEST(MergeNodes, TakeTheNarrowerRangeAndWhatIsSaidOfThem) {
  Submission submission = a_submission();
  submission.node_overrides = {{2, NodeRange::kToTheEnd, {}, {}}};
  submission.node_overrides[0].container.milli_vcpus = 2000;
  const JobSpec spec = merge(submission, four_nodes(), {}).value();
  ASSERT_EQ(spec.node_count(), 4);
  ASSERT_EQ(spec.nodes.size(), 4U);
  EXPECT_EQ(spec.container_of(1).request.milli_vcpus, 1000);
  EXPECT_EQ(spec.container_of(2).request.milli_vcpus, 2000);
  EXPECT_EQ(spec.consumables, (std::vector<ConsumableNeed>{{"seats", 4}}));
}

TEST(MergeNodes, AreBoundedInAllThatTheyRun) {
  JobDefinition definition = four_nodes();
  definition.ranges[0].container.environment = {{"LONG", std::string(600'000, 'x')}};
  EXPECT_EQ(refusal(a_submission(), definition),
            "What the ranges of nodes run is longer than 1 MiB in all, with overrides")
      << "two ranges of it, before and behind the narrower one";
  Submission submission = a_submission();
  submission.node_overrides.resize(101);
  EXPECT_EQ(refusal(submission, four_nodes()),
            "nodePropertyOverrides must have at most 100 entries");
}

TEST(MergeNodes, AreAsManyAsTheOpenRangeAllows) {
  Submission submission = a_submission();
  submission.node_count = 2;
  EXPECT_EQ(merge(submission, four_nodes(), {}).value().node_count(), 2);
  submission.node_count = 1001;
  EXPECT_NE(refusal(submission, four_nodes()), "");
  submission.node_count = 2;
  submission.array_size = 2;
  EXPECT_EQ(refusal(submission, four_nodes()), "A multi-node parallel job cannot be an array job");
}

TEST(Merge, SubstitutesEveryReferenceOnceWithTheSubmissionsValueFirst) {
  JobDefinition definition = a_definition();
  definition.container.command = {"Ref::a", "x=Ref::b,Ref::a/Ref::c-1", "Ref::", "plain"};
  definition.parameters = {{"a", "default"}, {"b", "Ref::a"}, {"c-1", "C"}};
  Submission submission = a_submission();
  submission.parameters = {{"a", "given"}};
  const JobSpec spec = merge(submission, definition, {}).value();
  EXPECT_EQ(spec.container.command,
            (std::vector<std::string>{"given", "x=Ref::a,given/C", "Ref::", "plain"}));
  EXPECT_EQ(spec.parameters.at("a"), "given");
  EXPECT_EQ(spec.parameters.at("b"), "Ref::a");
}

TEST(Merge, RefusesAReferenceWithoutAValue) {
  Submission submission = a_submission();
  submission.command = {"Ref::nobody"};
  EXPECT_EQ(refusal(submission, a_definition()),
            "Unable to substitute value. No parameter found for reference nobody");
}

TEST(Merge, ReplacesTheCommandAndMergesTheEnvironmentByName) {
  JobDefinition definition = a_definition();
  definition.container.environment = {{"A", "1"}, {"B", "2"}};
  Submission submission = a_submission();
  submission.command = {"other"};
  submission.environment = {{"B", "3"}, {"C", "4"}};
  const JobSpec spec = merge(submission, definition, {}).value();
  EXPECT_EQ(spec.container.command, std::vector<std::string>{"other"});
  EXPECT_EQ(spec.container.environment,
            (std::vector<EnvironmentVariable>{{"A", "1"}, {"B", "3"}, {"C", "4"}}));
}

TEST(Merge, OverridesEachKindOfResourceAlone) {
  Submission submission = a_submission();
  submission.memory_mib = 2048;
  EXPECT_EQ(merge(submission, a_definition(), {}).value().container.request,
            (Resources{1000, 2048, 0}));
}

// AWS: the legacy members override only the legacy members of the definition.
TEST(Merge, TakesLegacyOverridesOnlyForLegacyDefinitions) {
  Submission submission = a_submission();
  submission.legacy_milli_vcpus = 4000;
  JobDefinition definition = a_definition();
  EXPECT_EQ(merge(submission, definition, {}).value().container.request.milli_vcpus, 1000);
  definition.container.legacy_resources = true;
  EXPECT_EQ(merge(submission, definition, {}).value().container.request.milli_vcpus, 4000);
}

TEST(Merge, ReplacesRetryAndTimeoutAsAWhole) {
  JobDefinition definition = a_definition();
  definition.retry = {5, {{true, "", "", "1"}}};
  definition.timeout = std::chrono::seconds(100);
  Submission submission = a_submission();
  EXPECT_EQ(merge(submission, definition, {}).value().retry, definition.retry);
  submission.retry = RetryStrategy{2, {}};
  submission.timeout = std::chrono::seconds(60);
  const JobSpec spec = merge(submission, definition, {}).value();
  EXPECT_EQ(spec.retry, (RetryStrategy{2, {}}));
  EXPECT_EQ(spec.timeout, std::chrono::seconds(60));
}

TEST(Merge, RefusesWhatIsOutOfBounds) {
  Submission submission = a_submission();
  submission.environment = {{"AWS_BATCH_X", "1"}};
  EXPECT_NE(refusal(submission, a_definition()), "");
  submission = a_submission();
  submission.timeout = std::chrono::seconds(59);
  EXPECT_NE(refusal(submission, a_definition()), "");
  submission = a_submission();
  submission.retry = RetryStrategy{11, {}};
  EXPECT_NE(refusal(submission, a_definition()), "");
  submission = a_submission();
  submission.array_size = 1;
  EXPECT_NE(refusal(submission, a_definition()), "");
  submission = a_submission();
  submission.depends_on = {{{}, kNoChild, DependencyType::Sequential}};
  EXPECT_NE(refusal(submission, a_definition()), "");
}

TEST(Merge, RefusesOverridesOfAnotherKind) {
  Submission submission = a_submission();
  submission.overridden = DefinitionKind::Ecs;
  EXPECT_EQ(refusal(submission, a_definition()),
            "ecsPropertiesOverride cannot be used with this job definition, only "
            "containerOverrides");
  JobDefinition definition = a_definition();
  definition.kind = DefinitionKind::Ecs;
  definition.container_name = "main";
  submission.containers = {{.name = "other"}};
  EXPECT_EQ(refusal(submission, definition),
            "The job definition has no container with the name other");
  submission.containers = {{.name = "main"}};
  EXPECT_EQ(refusal(submission, definition), "");
}

TEST(Merge, RefusesDefinitionsOfAnOlderDray) {
  JobDefinition definition = a_definition();
  definition.container = {};
  definition.kind = DefinitionKind::Ecs;
  EXPECT_EQ(refusal(a_submission(), definition),
            "An older Dray registered this job definition: register it again");
  definition.kind = DefinitionKind::MultiNode;
  EXPECT_EQ(refusal(a_submission(), definition),
            "An older Dray registered this job definition: register it again");
}

JobDefinition a_pod(DefinitionKind kind) {
  JobDefinition definition = a_definition();
  definition.kind = kind;
  for (const char* name : {"a", "b"}) {
    definition.pod.push_back({.name = name, .container = definition.container});
    definition.pod.back().container.command = {"run", "Ref::what"};
  }
  definition.parameters = {{"what", "it"}};
  definition.container = {};
  return definition;
}

TEST(Merge, PutsOverridesOntoTheContainersTheyName) {
  Submission submission = a_submission();
  submission.overridden = DefinitionKind::Ecs;
  submission.containers = {{.name = "b", .memory_mib = 7}, {.name = "a"}};
  submission.containers[0].command = {{"other", "Ref::what"}};
  const JobDefinition definition = a_pod(DefinitionKind::Ecs);
  const auto spec = merge(submission, definition, Settings{});
  ASSERT_TRUE(spec) << spec.error().reason;
  EXPECT_EQ(spec->pod[0].container.command, (std::vector<std::string>{"run", "it"}));
  EXPECT_EQ(spec->pod[1].container.command, (std::vector<std::string>{"other", "it"}));
  EXPECT_EQ(spec->pod[1].container.request.memory_mib, 7);
  EXPECT_EQ(spec->container.request, request_of(spec->pod));
  submission.containers = {{.name = "c"}};
  EXPECT_EQ(refusal(submission, definition), "The job definition has no container with the name c");
}

TEST(Merge, ReplacesEntryPointAndArgumentsEachForItself) {
  Submission submission = a_submission();
  submission.overridden = DefinitionKind::Eks;
  submission.containers = {{.name = "a"}, {.name = "b"}};
  submission.containers[0].arguments = {{"x", "y"}};
  submission.containers[1].command = {{"z", "z"}};
  JobDefinition definition = a_pod(DefinitionKind::Eks);
  definition.pod[0].entry_words = 1;
  definition.pod[1].entry_words = 1;
  const auto spec = merge(submission, definition, Settings{});
  ASSERT_TRUE(spec) << spec.error().reason;
  EXPECT_EQ(spec->pod[0].container.command, (std::vector<std::string>{"run", "x", "y"}));
  EXPECT_EQ(spec->pod[1].container.command, (std::vector<std::string>{"z", "z", "it"}));
  EXPECT_EQ(spec->pod[1].entry_words, 2U);
}

TEST(Merge, KeepsBothTextsThatAreEchoed) {
  JobDefinition definition = a_definition();
  definition.as_given = R"({"a":1})";
  Submission submission = a_submission();
  submission.as_given = R"({"b":2})";
  const JobSpec spec = merge(submission, definition, {}).value();
  EXPECT_EQ(spec.as_given, R"({"b":2})");
  EXPECT_EQ(spec.definition_as_given, R"({"a":1})");
}

TEST(Merge, KeepsAwsLimitsOnlyWhenStrict) {
  Submission submission = a_submission();
  submission.array_size = 10'001;
  EXPECT_EQ(refusal(submission, a_definition()), "");
  EXPECT_NE(refusal(submission, a_definition(), {.compat_strict = true}), "");
  submission = a_submission();
  submission.depends_on.resize(21);
  EXPECT_EQ(refusal(submission, a_definition()), "");
  EXPECT_EQ(refusal(submission, a_definition(), {.compat_strict = true}),
            "Job cannot have more than 20 dependencies");
  submission = a_submission();
  submission.array_size = 3;
  submission.limits = {2, 1};
  EXPECT_EQ(refusal(submission, a_definition()), "");
  EXPECT_EQ(refusal(submission, a_definition(), {.compat_strict = true}),
            "maxRunning and maxFailures are not AWS's");
  submission = a_submission();
  submission.is_held = true;
  EXPECT_EQ(refusal(submission, a_definition()), "");
  EXPECT_EQ(refusal(submission, a_definition(), {.compat_strict = true}), "held is not AWS's");
  submission = a_submission();
  for (const DependencyType type : {DependencyType::AfterAny, DependencyType::AfterNotOk}) {
    submission.depends_on = {{{1, 2}, kNoChild, type}};
    EXPECT_EQ(refusal(submission, a_definition()), "");
    EXPECT_EQ(refusal(submission, a_definition(), {.compat_strict = true}),
              "Dependency type must be N_TO_N or SEQUENTIAL");
  }
}

}  // namespace
}  // namespace dray
