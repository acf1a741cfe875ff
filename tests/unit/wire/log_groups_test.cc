#include "api/wire/log_groups.h"

#include <gtest/gtest.h>

#include "api/wire/log_target.h"
#include "tests/unit/wire/examples.h"

namespace dray::wire {
namespace {

std::string put(const std::string& events) {
  return R"({"logGroupName":"g","logStreamName":"s","logEvents":[)" + events + "]}";
}

TEST(LogGroups, AreCreatedWithTags) {
  const auto change = decode_create_log_group(R"({"logGroupName":"/my/group","tags":{"a":"b"}})");
  ASSERT_TRUE(change);
  EXPECT_EQ(std::get<LogGroupAdded>(*change).name, "/my/group");
  EXPECT_EQ(std::get<LogGroupAdded>(*change).tags, (Tags{{"a", "b"}}));
}

TEST(LogGroups, HaveNamesAsAwsWantsThem) {
  for (const std::string& name : {std::string(""), std::string("a b"), std::string(513, 'g')}) {
    EXPECT_FALSE(decode_create_log_group(R"({"logGroupName":")" + name + "\"}")) << name;
  }
  EXPECT_FALSE(decode_create_log_stream(R"({"logGroupName":"g","logStreamName":"a:b"})"));
  EXPECT_FALSE(decode_create_log_stream(R"({"logGroupName":"g","logStreamName":"a*"})"));
}

TEST(LogGroups, TakeOnlyTheRetentionsThatAwsHas) {
  EXPECT_TRUE(decode_put_retention_policy(R"({"logGroupName":"g","retentionInDays":7})"));
  for (const char* days : {"2", "0", "-1"}) {
    EXPECT_FALSE(decode_put_retention_policy(R"({"logGroupName":"g","retentionInDays":)" +
                                             std::string(days) + "}"));
  }
  EXPECT_FALSE(decode_put_retention_policy(R"({"logGroupName":"g"})"));
}

TEST(LogGroups, AreTaggedByArnAndByName) {
  const auto newer = decode_untag_log_group(
      R"({"resourceArn":"arn:aws:logs:r:123456789012:log-group:g","tagKeys":["a"]})");
  const auto older = decode_untag_log_group(R"({"logGroupName":"g","tags":["a"]})");
  for (const auto& change : {newer, older}) {
    ASSERT_TRUE(change);
    EXPECT_EQ(std::get<LogGroupTagged>(*change).group, "g");
    EXPECT_EQ(std::get<LogGroupTagged>(*change).removed, std::vector<std::string>{"a"});
  }
  EXPECT_FALSE(decode_tag_log_group(R"({"logGroupName":"g"})"));
}

TEST(LogGroups, AreShownWithAndWithoutRetention) {
  LogGroup group;
  group.name = "g";
  EXPECT_EQ(encode_log_groups(kScope, {{group}, ""}).find("retentionInDays"), std::string::npos);
  group.retention_days = 7;
  const std::string text = encode_log_groups(kScope, {{group}, "g"});
  EXPECT_NE(text.find(R"("retentionInDays":7)"), std::string::npos);
  EXPECT_NE(text.find("nextToken"), std::string::npos);
}

TEST(PutLogEvents, TakesEventsInTheOrderOfTheirTimes) {
  const auto events = decode_put_log_events(
      put(R"({"timestamp":1,"message":"a"},{"timestamp":1,"message":"b\nc"})"));
  ASSERT_TRUE(events) << events.error().reason;
  EXPECT_EQ(events->stream, (LogStreamName{"g", "s"}));
  EXPECT_EQ(events->events[1].message, "b\nc");
  EXPECT_FALSE(
      decode_put_log_events(put(R"({"timestamp":2,"message":"a"},{"timestamp":1,"message":"b"})")));
}

TEST(PutLogEvents, BoundsWhatOneCallPuts) {
  EXPECT_FALSE(decode_put_log_events(put("")));
  EXPECT_FALSE(decode_put_log_events(
      put(R"({"timestamp":0,"message":"a"},{"timestamp":86400001,"message":"b"})")));
  EXPECT_FALSE(decode_put_log_events(
      put(R"({"timestamp":0,"message":")" + std::string(1024 * 1024, 'x') + "\"}")));
  EXPECT_FALSE(decode_put_log_events(put(R"({"message":"a"})")));
}

TEST(PutLogEvents, SaysWhatItRefused) {
  EXPECT_EQ(encode_put_outcome({}).find("rejected"), std::string::npos);
  PutLogOutcome outcome;
  outcome.too_new_start = 0;
  EXPECT_NE(encode_put_outcome(outcome).find(R"("tooNewLogEventStartIndex":0)"), std::string::npos);
}

TEST(LogTarget, IsWhatTheAwslogsOptionsSay) {
  const LogTarget target = log_target(
      R"({"logConfiguration":{"logDriver":"awslogs","options":
          {"awslogs-group":"/mine","awslogs-stream-prefix":"p"}}})");
  EXPECT_EQ(target.group, "/mine");
  const AttemptKey key{{{1}, kNoChild}, 1};
  EXPECT_EQ(log_stream_name(target, "d", key), log_stream_name("p", key));
  for (const char* given :
       {"{}", R"({"logConfiguration":{"logDriver":"awslogs"}})",
        R"({"logConfiguration":{"logDriver":"syslog","options":{"awslogs-group":"/mine"}}})"}) {
    EXPECT_EQ(log_target(given).group, kJobLogGroup) << given;
    EXPECT_EQ(log_stream_name(log_target(given), "d", key), log_stream_name("d", key)) << given;
  }
}

}  // namespace
}  // namespace dray::wire
