#include "api/wire/arn.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/wire/examples.h"

namespace dray::wire {
namespace {

TEST(Arn, NamesThingsAsAwsDoes) {
  const Uuid uuid = *parse_uuid(kUuid);
  EXPECT_EQ(job_arn(kScope, uuid, kNoChild), "arn:aws:batch:eu-west-1:123456789012:job/" + kUuid);
  EXPECT_EQ(job_arn(kScope, uuid, 3), "arn:aws:batch:eu-west-1:123456789012:job/" + kUuid + ":3");
  EXPECT_EQ(queue_arn(kScope, "hp"), "arn:aws:batch:eu-west-1:123456789012:job-queue/hp");
  EXPECT_EQ(definition_arn(kScope, "d", 7),
            "arn:aws:batch:eu-west-1:123456789012:job-definition/d:7");
  EXPECT_EQ(environment_arn({"cn-north-1", "123456789012"}, "e"),
            "arn:aws-cn:batch:cn-north-1:123456789012:compute-environment/e");
  EXPECT_EQ(task_arn(kScope, {{JobId{1}, kNoChild}, 1}),
            "arn:aws:ecs:eu-west-1:123456789012:task/dray/00000000000000010000000000000001");
}

TEST(Arn, TakesJobsByIdAndByArn) {
  for (const std::string& form : {kUuid, "arn:aws:batch:us-east-1:000000000000:job/" + kUuid}) {
    const auto plain = parse_job_name(form);
    ASSERT_TRUE(plain) << form;
    EXPECT_EQ(to_string(plain->uuid), kUuid);
    EXPECT_EQ(plain->child, kNoChild);
    EXPECT_EQ(parse_job_name(form + ":12")->child, 12);
  }
}

TEST(Arn, KnowsWhatCannotBeAJob) {
  for (const std::string& text : std::vector<std::string>{
           "", "abc", kUuid + "#", kUuid + "#0:1", kUuid + ":", kUuid + ":-1", kUuid + ":01",
           kUuid + ":99999999999", "arn:aws:batch:r:a:job-queue/" + kUuid,
           "arn:aws:batch:r:a:job/x"}) {
    EXPECT_FALSE(parse_job_name(text)) << text;
  }
}

TEST(Arn, NamesNodesWithAMarkOfTheirOwn) {
  const std::optional<JobName> node = parse_job_name(kUuid + "#7");
  ASSERT_TRUE(node);
  EXPECT_TRUE(node->is_node);
  EXPECT_EQ(node->child, 7);
  EXPECT_EQ(job_id(*node), kUuid + "#7");
  EXPECT_NE(*node, *parse_job_name(kUuid + ":7"));
}

TEST(Arn, TakesQueuesAndEnvironmentsByNameAndByArn) {
  EXPECT_EQ(queue_name("hp"), "hp");
  EXPECT_EQ(queue_name("arn:aws:batch:us-east-1:123456789012:job-queue/hp"), "hp");
  EXPECT_EQ(environment_name("arn:aws:batch:r:123456789012:compute-environment/ce"), "ce");
  EXPECT_EQ(queue_name("arn:aws:sqs:r:1:hp"), "arn:aws:sqs:r:1:hp");
}

TEST(Arn, TakesDefinitionsInEveryForm) {
  EXPECT_EQ(parse_definition_name("d")->revision, 0);
  EXPECT_EQ(parse_definition_name("d:3")->revision, 3);
  EXPECT_EQ(parse_definition_name("arn:aws:batch:r:1:job-definition/d:3")->name, "d");
  EXPECT_EQ(parse_definition_name("arn:aws:batch:r:1:job-definition/d")->revision, 0);
  EXPECT_FALSE(parse_definition_name("d:x"));
  EXPECT_FALSE(parse_definition_name("d:0"));
  EXPECT_FALSE(parse_definition_name("d:1:2"));
}

TEST(Arn, TellsWhatATagCallIsAbout) {
  const std::string prefix = "arn:aws:batch:eu-west-1:123456789012:";
  EXPECT_EQ(parse_resource_arn(prefix + "job-queue/hp")->name, "hp");
  EXPECT_EQ(parse_resource_arn(prefix + "job-definition/d:2")->revision, 2);
  EXPECT_EQ(parse_resource_arn(prefix + "job/" + kUuid)->kind, ResourceKind::Job);
  EXPECT_EQ(parse_resource_arn(prefix + "job-queue/q/quota-share/s")->name, "q/s");
  EXPECT_EQ(parse_resource_arn(prefix + "job-queue/q/quota-share/s")->kind,
            ResourceKind::QuotaShare);
  EXPECT_EQ(parse_resource_arn(prefix + "scheduling-policy/fair")->kind,
            ResourceKind::SchedulingPolicy);
  EXPECT_EQ(entry_arn({"eu-west-1", "123456789012"}, {ResourceKind::QuotaShare, "q/s"}),
            prefix + "job-queue/q/quota-share/s");
  EXPECT_FALSE(parse_resource_arn(prefix + "job-definition/d"));
  EXPECT_FALSE(parse_resource_arn("hp"));
}

TEST(Arn, ChecksNewNames) {
  EXPECT_TRUE(is_valid_name("a_B-9"));
  EXPECT_TRUE(is_valid_name(std::string(128, 'a')));
  for (const std::string& name :
       std::vector<std::string>{std::string(), std::string(129, 'a'), std::string("-a"),
                                std::string("a b"), std::string("a/b"), std::string("\xC3\xA9")}) {
    EXPECT_FALSE(is_valid_name(name)) << name;
  }
}

TEST(LogStreamName, IsFoundAgainAndCutsLongNames) {
  const AttemptKey key{{JobId{5}, 7}, 2};
  const std::string name = log_stream_name(std::string(300, 'd'), key);
  EXPECT_EQ(name.size(), 200 + 9 + 32);
  EXPECT_EQ(parse_log_stream_name(name), (LogStreamSource{key, "default"}));
  EXPECT_EQ(parse_log_stream_name(log_stream_name("a/b", "side", key)),
            (LogStreamSource{key, "side"}));
  EXPECT_FALSE(parse_log_stream_name("d/default/xyz"));
  EXPECT_FALSE(parse_log_stream_name("d/" + task_id(key)));
}

}  // namespace
}  // namespace dray::wire
