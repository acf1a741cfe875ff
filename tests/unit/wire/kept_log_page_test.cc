#include "api/wire/kept_log_page.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace dray::wire {
namespace {

/// A stream with `count` events, one each 10 ms, numbered as they are, as a store would answer.
struct KeptStream {
  explicit KeptStream(std::size_t count) {
    for (std::size_t i = 1; i <= count; ++i) {
      const auto at = WallTime{static_cast<std::int64_t>(i) * 10};
      events.push_back({at, i, WallTime{at.epoch_ms + 1}, "m" + std::to_string(i)});
    }
  }
  std::vector<KeptLogEvent> read(const KeptLogQuery& query) const {
    std::vector<KeptLogEvent> found;
    for (const KeptLogEvent& event : events) {
      const bool is_in =
          (!query.start || event.at >= *query.start) && (!query.end || event.at < *query.end);
      const bool is_behind = event.sequence > query.sequence;
      const bool is_before = query.sequence == 0 || event.sequence < query.sequence;
      if (is_in && (query.is_backwards ? is_before : is_behind)) {
        found.push_back(event);
      }
    }
    if (query.is_backwards) {
      std::reverse(found.begin(), found.end());
    }
    found.resize(std::min(found.size(), query.count_max));
    return found;
  }
  LogPage page(const LogPageAsked& asked) const {
    return *read_kept_log_page([this](const KeptLogQuery& query) { return read(query); }, 1, asked);
  }
  std::vector<KeptLogEvent> events;
};

std::string words_of_page(const LogPage& page) {
  std::string text;
  for (const LogEvent& event : page.events) {
    text += event.message;
  }
  return text;
}

TEST(KeptLogPage, GoesForwardsToTheSameToken) {
  const KeptStream stream(5);
  LogPageAsked asked;
  asked.events_max = 2;
  std::string seen, token;
  for (int page = 0; page < 4; ++page) {
    const LogPage found = stream.page(asked);
    seen += words_of_page(found) + ' ';
    const std::string next = encode_forward_token(found.after);
    EXPECT_EQ(next == token, page == 3);
    token = next;
    ASSERT_TRUE(decode_log_token(token, asked));
  }
  EXPECT_EQ(seen, "m1m2 m3m4 m5  ");
}

TEST(KeptLogPage, GoesBackwardsToTheSameToken) {
  const KeptStream stream(5);
  LogPageAsked asked;
  asked.where = LogPageAsked::Where::Tail;
  asked.events_max = 2;
  std::string seen, token;
  for (int page = 0; page < 4; ++page) {
    const LogPage found = stream.page(asked);
    seen += words_of_page(found) + ' ';
    const std::string next = encode_backward_token(found.before, found.before_offset);
    EXPECT_EQ(next == token, page == 3);
    token = next;
    ASSERT_TRUE(decode_log_token(token, asked));
  }
  EXPECT_EQ(seen, "m4m5 m2m3 m1  ");
}

TEST(KeptLogPage, ReadsOnOverWhatIsNotWanted) {
  const KeptStream stream(5000);
  LogPageAsked asked;
  asked.wanted = [](const std::string& message) { return message == "m4999"; };
  const LogPage found = stream.page(asked);
  EXPECT_EQ(words_of_page(found), "m4999");
  EXPECT_TRUE(found.is_at_end);
  EXPECT_EQ(found.events[0].ingested_at, WallTime{49'991});
}

TEST(KeptLogPage, KeepsToTimesAndToAMegabyte) {
  KeptStream stream(4);
  LogPageAsked asked;
  asked.start = WallTime{20};
  asked.end = WallTime{40};
  EXPECT_EQ(words_of_page(stream.page(asked)), "m2m3");
  for (KeptLogEvent& event : stream.events) {
    event.message = std::string(400 * 1024, 'x');
  }
  EXPECT_EQ(stream.page({}).events.size(), 2U);
}

TEST(KeptLogPage, OfAnEmptyStreamHasNothingEitherWay) {
  const KeptStream stream(0);
  LogPageAsked asked;
  asked.where = LogPageAsked::Where::Tail;
  const LogPage tail = stream.page(asked);
  ASSERT_TRUE(decode_log_token(encode_backward_token(tail.before, tail.before_offset), asked));
  EXPECT_TRUE(stream.page(asked).events.empty());
}

}  // namespace
}  // namespace dray::wire
