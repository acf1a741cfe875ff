#include "scheduler/store/client_logs.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace dray::store {
namespace {

constexpr std::int64_t kDay = 86'400'000;
constexpr WallTime kToday{20'000 * kDay};

WallTime days_ago(std::int64_t days) {
  return {kToday.epoch_ms - days * kDay};
}

class ClientLogsTest : public testing::Test {
 protected:
  ClientLogs open() { return *ClientLogs::open(folder.path() / "client-logs.db", kToday); }

  void make_stream() {
    ASSERT_TRUE(logs.change(LogGroupAdded{"g", {}}, kToday));
    ASSERT_TRUE(logs.change(LogStreamAdded{kName}, kToday));
  }
  std::string messages(const KeptLogQuery& query) {
    std::string text;
    const auto events = *logs.events(query);
    for (const KeptLogEvent& event : events) {
      text += event.message;
    }
    return text;
  }
  KeptLogQuery all() {
    KeptLogQuery query;
    query.stream = *logs.stream(kName, kToday)->value().client_stream;
    return query;
  }

  const LogStreamName kName{"g", "s"};
  TemporaryFolder folder;
  ClientLogs logs = open();
};

TEST_F(ClientLogsTest, KeepsWhatItTookOverARestart) {
  make_stream();
  ASSERT_TRUE(logs.put(kName, {{kToday, "a"}, {kToday, "b"}}, kToday));
  logs = open();
  EXPECT_EQ(messages(all()), "ab");
  const auto view = logs.stream(kName, kToday)->value();
  EXPECT_EQ(view.last_at, kToday);
  EXPECT_EQ(logs.groups({}, {})->items.size(), 2U);
}

TEST_F(ClientLogsTest, OrdersByTimeAndThenByArrival) {
  make_stream();
  ASSERT_TRUE(logs.put(kName, {{days_ago(0), "late"}, {days_ago(0), "later"}}, kToday));
  ASSERT_TRUE(logs.put(kName, {{days_ago(1), "early,"}}, kToday));
  EXPECT_EQ(messages(all()), "early,latelater");
  KeptLogQuery backwards = all();
  backwards.is_backwards = true;
  backwards.count_max = 1;
  EXPECT_EQ(messages(backwards), "later");
}

TEST_F(ClientLogsTest, RefusesWhatIsThereAlreadyAndWhatIsNot) {
  make_stream();
  EXPECT_EQ(logs.change(LogGroupAdded{"g", {}}, kToday).error().code, ErrorCode::Conflict);
  EXPECT_EQ(logs.change(LogStreamAdded{kName}, kToday).error().code, ErrorCode::Conflict);
  EXPECT_EQ(logs.change(LogStreamAdded{{"x", "s"}}, kToday).error().reason, kNoLogGroup);
  EXPECT_EQ(logs.put({"g", "x"}, {{kToday, "m"}}, kToday).error().reason, kNoLogStream);
  EXPECT_EQ(logs.group("x").error().reason, kNoLogGroup);
}

TEST_F(ClientLogsTest, AGroupTakesEverythingWithIt) {
  make_stream();
  ASSERT_TRUE(logs.put(kName, {{kToday, "a"}}, kToday));
  ASSERT_TRUE(logs.change(LogGroupTagged{"g", {{"k", "v"}}, {}}, kToday));
  ASSERT_TRUE(logs.change(LogGroupGone{"g"}, kToday));
  EXPECT_FALSE(logs.stream(kName, kToday));
  make_stream();
  EXPECT_EQ(messages(all()), "");
  EXPECT_TRUE(logs.group("g")->tags.empty());
}

TEST_F(ClientLogsTest, TheGroupOfTheJobsComesBackAtOnce) {
  ASSERT_TRUE(logs.change(LogGroupGone{std::string(kJobLogGroup)}, kToday));
  EXPECT_EQ(logs.group(std::string(kJobLogGroup))->created_at, kToday);
}

TEST_F(ClientLogsTest, RetentionDropsOldEventsWhenItIsSetAndWhenMoreComes) {
  make_stream();
  ASSERT_TRUE(logs.put(kName, {{days_ago(5), "old"}}, kToday));
  ASSERT_TRUE(logs.put(kName, {{days_ago(2), "new"}}, kToday));
  ASSERT_TRUE(logs.change(LogRetentionSet{"g", 3}, kToday));
  EXPECT_EQ(messages(all()), "new");
  EXPECT_EQ(logs.group("g")->stored_bytes, 3U + 26U);
  const auto outcome = logs.put(kName, {{days_ago(4), "expired"}}, kToday);
  EXPECT_EQ(outcome->expired_end, 1U);
  ASSERT_TRUE(logs.put(kName, {{kToday, "newer"}}, {kToday.epoch_ms + 2 * kDay}));
  EXPECT_EQ(messages(all()), "newer");
  ASSERT_TRUE(logs.change(LogRetentionSet{"g", std::nullopt}, kToday));
  EXPECT_FALSE(logs.group("g")->retention_days);
}

TEST_F(ClientLogsTest, RefusesEventsOfAnotherAge) {
  make_stream();
  const auto outcome = logs.put(
      kName, {{days_ago(15), "a"}, {kToday, "b"}, {{kToday.epoch_ms + kDay}, "c"}}, kToday);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->too_old_end, 1U);
  EXPECT_EQ(outcome->too_new_start, 2U);
  EXPECT_EQ(messages(all()), "b");
}

TEST_F(ClientLogsTest, HidesStreamsOfAttempts) {
  const LogStreamName name{std::string(kJobLogGroup), "d/default/x"};
  EXPECT_FALSE(*logs.is_hidden(name));
  ASSERT_TRUE(logs.change(LogStreamGone{name}, kToday));
  EXPECT_TRUE(*logs.is_hidden(name));
}

TEST_F(ClientLogsTest, PagesThroughGroupsAndStreams) {
  for (const char* name : {"a1", "a2", "b"}) {
    ASSERT_TRUE(logs.change(LogGroupAdded{name, {}}, kToday));
    ASSERT_TRUE(logs.change(LogStreamAdded{{"a1", name}}, kToday));
  }
  const auto first = *logs.groups({"a", ""}, {1, ""});
  EXPECT_EQ(first.items.at(0).name, "a1");
  EXPECT_EQ(logs.groups({"a", ""}, {1, first.next})->items.at(0).name, "a2");
  EXPECT_EQ(logs.groups({"", "1"}, {9, ""})->items.size(), 1U);
  EXPECT_EQ(logs.streams({"a1", "a"}, {9, "a1"}, kToday)->at(0).name, "a2");
}

TEST_F(ClientLogsTest, TagsAreAddedChangedAndRemoved) {
  make_stream();
  ASSERT_TRUE(logs.change(LogGroupTagged{"g", {{"a", "1"}, {"b", "2"}}, {}}, kToday));
  ASSERT_TRUE(logs.change(LogGroupTagged{"g", {{"a", "3"}}, {"b", "none"}}, kToday));
  EXPECT_EQ(logs.group("g")->tags, (Tags{{"a", "3"}}));
  Tags many;
  for (int i = 0; i < 50; ++i) {
    many["k" + std::to_string(i)] = "";
  }
  EXPECT_FALSE(logs.change(LogGroupTagged{"g", many, {}}, kToday));
  EXPECT_EQ(logs.group("g")->tags.size(), 1U);
}

}  // namespace
}  // namespace dray::store
