#include "model/spec_bytes.h"

#include <chrono>

#include <gtest/gtest.h>

#include "model/pod_bytes.h"

namespace dray {
namespace {

JobSpec full_spec() {
  JobSpec spec;
  spec.name = "clean";
  spec.queue = "default";
  spec.definition = "clean";
  spec.definition_revision = 7;
  spec.container = {.image = "native",
                    .command = {"sh", "-c", "echo \xc3\xa9"},
                    .environment = {{"A", "1"}, {"B", ""}},
                    .request = {.milli_vcpus = 250, .memory_mib = 64, .gpus = 1},
                    .legacy_resources = true,
                    .user = "nobody",
                    .as_given = "{}"};
  spec.parameters = {{"k", "v"}};
  spec.retry = {.attempts = 3, .rules = {{.retry = true, .on_exit_code = "1*"}}};
  spec.timeout = std::chrono::seconds(60);
  spec.tags = {{"team", "ml"}};
  spec.propagate_tags = true;
  spec.platform_capabilities = {"EC2"};
  spec.scheduling_priority = -1;
  spec.share_identifier = "s";
  spec.depends_on = {{{1, 2}, 3, DependencyType::NToN}, {{}, kNoChild, DependencyType::Sequential}};
  spec.array_size = 10'000;
  spec.as_given = R"({"x":1})";
  spec.definition_as_given = R"({"y":2})";
  return spec;
}

TEST(SpecBytes, GiveBackTheSpec) {
  JobSpec growing = full_spec();
  growing.retry.memory_growth = MemoryGrowth{150, 8192};
  JobSpec plain_growing;
  plain_growing.retry.memory_growth = MemoryGrowth{200, 1};
  for (const JobSpec& spec : {full_spec(), JobSpec{}, growing, plain_growing}) {
    ByteWriter out;
    write_job_spec(out, spec);
    ByteReader in(out.bytes());
    EXPECT_EQ(read_job_spec(in), spec);
    EXPECT_TRUE(in.is_ok());
    EXPECT_TRUE(in.is_at_end());
  }
}

TEST(SpecBytes, CutAnywhereAreBroken) {
  ByteWriter out;
  write_job_spec(out, full_spec());
  for (std::size_t length = 0; length < out.bytes().size(); ++length) {
    ByteReader in(std::string_view(out.bytes()).substr(0, length));
    read_job_spec(in);
    EXPECT_FALSE(in.is_ok()) << length;
  }
}

TEST(SpecBytes, WithoutPropertiesAreThoseOfBefore) {
  JobSpec spec = full_spec();
  ByteWriter with;
  write_job_spec(with, spec);
  EXPECT_EQ(with.bytes()[0], 2);
  spec.definition_as_given.clear();
  ByteWriter without;
  write_job_spec(without, spec);
  EXPECT_EQ(without.bytes()[0], 1);
  ByteReader in(without.bytes());
  EXPECT_EQ(read_job_spec(in), spec);
  EXPECT_TRUE(in.is_at_end());
}

TEST(SpecBytes, OfWhatIsNewAreReadByNobodyOfBefore) {
  JobSpec spec = full_spec();
  spec.nodes = {{0, 2, spec.container, {{"seats", 1}}}};
  spec.main_node = 1;
  ByteWriter out;
  write_job_spec(out, spec);
  EXPECT_EQ(out.bytes()[0], 3);
  ByteReader in(out.bytes());
  EXPECT_EQ(read_job_spec(in), spec);
  EXPECT_TRUE(in.is_ok() && in.is_at_end());
}

TEST(DefinitionBytes, GiveBackTheKindAndReadRowsOfBefore) {
  JobDefinition definition;
  definition.container = full_spec().container;
  ByteWriter before;
  write_container(before, definition.container);
  ByteReader old(before.bytes());
  EXPECT_EQ(read_definition_container(old), definition);
  EXPECT_TRUE(old.is_ok());
  definition.kind = DefinitionKind::Ecs;
  definition.container_name = "main";
  ByteWriter now;
  write_definition_container(now, definition);
  ByteReader in(now.bytes());
  EXPECT_EQ(read_definition_container(in), definition);
  EXPECT_TRUE(in.is_ok() && in.is_at_end());
}

Pod a_pod() {
  PodContainer first{.name = "first", .container = full_spec().container};
  first.role = ContainerRole::Helper;
  first.entry_words = 1;
  PodContainer second{.name = "second", .container = full_spec().container};
  second.depends_on = {{0, ContainerCondition::Success}};
  second.start_timeout = std::chrono::seconds(3);
  second.stop_timeout = std::chrono::seconds(4);
  return {first, second};
}

TEST(SpecBytes, GiveBackAPod) {
  JobSpec spec = full_spec();
  spec.pod = a_pod();
  ByteWriter out;
  write_job_spec(out, spec);
  EXPECT_EQ(out.bytes()[0], 3);
  ByteReader in(out.bytes());
  EXPECT_EQ(read_job_spec(in), spec);
  EXPECT_TRUE(in.is_ok() && in.is_at_end());
  JobDefinition definition;
  definition.kind = DefinitionKind::Ecs;
  definition.pod = a_pod();
  ByteWriter row;
  write_definition_container(row, definition);
  ByteReader back(row.bytes());
  EXPECT_EQ(read_definition_container(back), definition);
  EXPECT_TRUE(back.is_ok() && back.is_at_end());
}

TEST(SpecBytes, OfAPodThatCannotBeAreBroken) {
  Pod pod = a_pod();
  pod[1].depends_on[0].container = 2;
  ByteWriter out;
  write_pod(out, pod);
  ByteReader in(out.bytes());
  read_pod(in);
  EXPECT_FALSE(in.is_ok());
}

TEST(PodBytes, GiveBackHowContainersEnded) {
  const std::vector<ContainerEnd> ends{
      {"a", true, -1, ""}, {"b", false, std::nullopt, "why"}, {"c", true, 137, "killed"}};
  ByteWriter out;
  write_container_ends(out, ends);
  ByteReader in(out.bytes());
  EXPECT_EQ(read_container_ends(in), ends);
  EXPECT_TRUE(in.is_ok() && in.is_at_end());
}

TEST(SpecBytes, OfAnotherVersionAreBroken) {
  ByteWriter out;
  write_job_spec(out, full_spec());
  std::string bytes = out.take();
  bytes[0] = 99;
  ByteReader in(bytes);
  read_job_spec(in);
  EXPECT_FALSE(in.is_ok());
}

TEST(SpecBytes, OfADefinitionsRetryHoldItsMemoryGrowth) {
  for (const auto& growth : {std::optional<MemoryGrowth>(), std::optional(MemoryGrowth{150, 64})}) {
    RetryStrategy retry = full_spec().retry;
    retry.memory_growth = growth;
    ByteWriter out;
    write_definition_retry(out, retry);
    ByteReader in(out.bytes());
    EXPECT_EQ(read_definition_retry(in), retry);
    EXPECT_TRUE(in.is_ok() && in.is_at_end());
  }
}

}  // namespace
}  // namespace dray
