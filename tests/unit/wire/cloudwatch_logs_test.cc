#include "api/wire/cloudwatch_logs.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/examples.h"

namespace dray::wire {
namespace {

std::string in_group(const std::string& members) {
  return R"({"logGroupName":"/aws/batch/job",)" + members + "}";
}

TEST(GetLogEvents, ReadsTheLastPageUnlessToldOtherwise) {
  const auto tail = decode_get_log_events(in_group(R"("logStreamName":"d/default/1")"));
  ASSERT_TRUE(tail);
  EXPECT_EQ(tail->page.where, LogPageAsked::Where::Tail);
  EXPECT_EQ(tail->page.events_max, 10'000U);
  const auto head = decode_get_log_events(
      in_group(R"("logStreamName":"s","startFromHead":true,"limit":5,"startTime":7)"));
  EXPECT_EQ(head->page.where, LogPageAsked::Where::From);
  EXPECT_EQ(head->page.events_max, 5U);
  EXPECT_EQ(head->page.start, WallTime{7});
}

TEST(GetLogEvents, LetsTheTokenDecideTheDirection) {
  const auto asked = decode_get_log_events(
      in_group(R"("logStreamName":"s","startFromHead":true,"nextToken":"b/4")"));
  EXPECT_EQ(asked->page.where, LogPageAsked::Where::Before);
  EXPECT_FALSE(decode_get_log_events(in_group(R"("logStreamName":"s","nextToken":"zzz")")));
}

TEST(GetLogEvents, TakesTheGroupByNameOrArn) {
  EXPECT_EQ(decode_get_log_events(in_group(R"("logStreamName":"s")"))->stream,
            (LogStreamName{"/aws/batch/job", "s"}));
  for (const char* end : {"", ":*"}) {
    const auto by_arn = decode_get_log_events(
        R"({"logGroupIdentifier":"arn:aws:logs:r:123456789012:log-group:/my/group)" +
        std::string(end) + R"(","logStreamName":"s"})");
    ASSERT_TRUE(by_arn);
    EXPECT_EQ(by_arn->stream.group, "/my/group");
  }
  EXPECT_FALSE(decode_get_log_events(R"({"logStreamName":"s"})"));
}

TEST(GetLogEvents, BoundsLimits) {
  EXPECT_FALSE(decode_get_log_events(in_group(R"("logStreamName":"s","limit":0)")));
  EXPECT_FALSE(decode_get_log_events(in_group(R"("logStreamName":"s","limit":10001)")));
  EXPECT_FALSE(decode_get_log_events(in_group(R"("logStreamName":"s","startTime":-1)")));
}

TEST(GetLogEvents, WritesBothTokensAlways) {
  const std::string text = encode_log_events(LogPage());
  EXPECT_EQ(text, R"({"events":[],"nextForwardToken":"f/0.0.0.0.0.0","nextBackwardToken":"b/0"})");
}

TEST(FilterLogEvents, ReadsItsOwnTokens) {
  const std::string token = encode_filter_token("d/default/x", LogPosition{3, 40, 1, {0, 2, 0}});
  const auto asked = decode_filter_log_events(in_group(R"("nextToken":")" + token + "\""));
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->from_stream, "d/default/x");
  EXPECT_EQ(asked->page.position.ordinal, 3U);
  EXPECT_FALSE(decode_filter_log_events(in_group(R"("nextToken":"f/1")")));
}

TEST(FilterLogEvents, RefusesNamesTogetherWithAPrefix) {
  EXPECT_FALSE(
      decode_filter_log_events(in_group(R"("logStreamNames":["a"],"logStreamNamePrefix":"b")")));
}

TEST(FilterLogEvents, AlwaysHasEventsAndOrdersThemByTime) {
  EXPECT_EQ(encode_filtered_events({}, ""), R"({"events":[],"searchedLogStreams":[]})");
  const std::string text = encode_filtered_events(
      {{"d/default/a", {WallTime{2}, "late", 0}}, {"d/default/b", {WallTime{1}, "early", 4}}}, "t");
  EXPECT_LT(text.find("early"), text.find("late"));
  EXPECT_NE(text.find(R"("eventId":"b-4")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("nextToken":"t")"), std::string::npos);
}

TEST(FilterPattern, FollowsWordsPhrasesAndSigns) {
  const auto accepts = [](const char* pattern, const char* message) {
    const auto filter = parse_filter_pattern(pattern);
    return filter && (*filter)(message);
  };
  EXPECT_TRUE(accepts("", "anything"));
  EXPECT_TRUE(accepts("ERROR disk", "disk full: ERROR"));
  EXPECT_FALSE(accepts("ERROR disk", "ERROR"));
  EXPECT_TRUE(accepts("\"disk full\"", "a disk full b"));
  EXPECT_FALSE(accepts("ERROR -disk", "ERROR disk"));
  EXPECT_TRUE(accepts("?a ?b", "b"));
  EXPECT_FALSE(parse_filter_pattern("{ $.x = 1 }"));
  EXPECT_FALSE(parse_filter_pattern("\"open"));
}

TEST(DescribeLogStreams, ReadsOrderAndLimit) {
  const auto asked = decode_describe_log_streams(
      in_group(R"("orderBy":"LastEventTime","descending":true,"limit":50)"));
  ASSERT_TRUE(asked);
  EXPECT_TRUE(asked->by_last_event);
  EXPECT_TRUE(asked->descending);
  EXPECT_FALSE(decode_describe_log_streams(in_group(R"("limit":51)")));
  EXPECT_FALSE(decode_describe_log_streams(
      in_group(R"("orderBy":"LastEventTime","logStreamNamePrefix":"a")")));
}

TEST(DescribeLogStreams, LeavesOutTimesOfAStreamWithoutLines) {
  LogStreamView stream;
  stream.group = "/g";
  stream.name = "d/default/x";
  stream.created_at = WallTime{5};
  const std::string text = encode_log_streams(kScope, {{stream}, ""});
  EXPECT_NE(text.find(R"("creationTime":5)"), std::string::npos);
  EXPECT_EQ(text.find("EventTimestamp"), std::string::npos);
  EXPECT_NE(text.find("log-group:/g:log-stream:d/default/x"), std::string::npos) << text;
}

}  // namespace
}  // namespace dray::wire
