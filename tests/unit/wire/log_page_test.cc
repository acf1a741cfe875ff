#include "api/wire/log_page.h"

#include <gtest/gtest.h>

namespace dray::wire {
namespace {

/// A log of `count` lines, a record each, at 1000, 1001...; given in pieces of whole records.
class LogOfLines {
 public:
  explicit LogOfLines(int count, bool is_complete = true) : is_complete_(is_complete) {
    for (int i = 0; i < count; ++i) {
      append_log_record(log_, {LogStream::Output, WallTime{1000 + i}, std::to_string(i) + "\n"});
    }
  }
  void add(const std::string& bytes) {
    append_log_record(log_, {LogStream::Output, WallTime{5000}, bytes});
  }
  void set_complete() { is_complete_ = true; }

  Result<LogPage> read(const LogPageAsked& asked) const {
    return read_log_page(
        [this](std::uint64_t offset, std::uint64_t) -> Result<LogPiece> {
          std::string_view rest = std::string_view(log_).substr(offset);
          const std::size_t before = rest.size();
          bool is_broken = false;
          take_log_record(rest, is_broken);
          const std::size_t taken = before - rest.size();
          return LogPiece{log_.substr(offset, taken), offset, offset + taken, log_.size(),
                          is_complete_};
        },
        asked);
  }

 private:
  std::string log_;
  bool is_complete_;
};

std::string messages(const LogPage& page) {
  std::string text;
  for (const LogEvent& event : page.events) {
    text += event.message + ' ';
  }
  return text;
}

LogPageAsked forwards(std::size_t events_max, const LogPosition& position = {}) {
  LogPageAsked asked;
  asked.events_max = events_max;
  asked.position = position;
  return asked;
}

TEST(LogPage, ReadsForwardsUntilTheTokenRepeats) {
  const LogOfLines log(5);
  LogPageAsked asked = forwards(2);
  std::string all;
  std::string token;
  for (int pages = 0; pages < 10; ++pages) {
    const LogPage page = *log.read(asked);
    all += messages(page);
    const std::string next = encode_forward_token(page.after);
    if (next == token) {
      break;
    }
    token = next;
    ASSERT_TRUE(decode_log_token(token, asked));
  }
  EXPECT_EQ(all, "0 1 2 3 4 ");
  EXPECT_EQ(encode_forward_token(log.read(asked)->after), token);
}

TEST(LogPage, GivesTheLastLinesInOrder) {
  const LogOfLines log(5);
  LogPageAsked asked = forwards(2);
  asked.where = LogPageAsked::Where::Tail;
  const LogPage page = *log.read(asked);
  EXPECT_EQ(messages(page), "3 4 ");
  EXPECT_EQ(encode_backward_token(page.before), "b/3");
}

TEST(LogPage, ReadsBackwardsToTheStart) {
  const LogOfLines log(5);
  LogPageAsked asked = forwards(2);
  asked.where = LogPageAsked::Where::Tail;
  std::string token = encode_backward_token(log.read(asked)->before);
  std::vector<std::string> pages;
  for (int guard = 0; guard < 5; ++guard) {
    ASSERT_TRUE(decode_log_token(token, asked));
    const LogPage page = *log.read(asked);
    pages.push_back(messages(page));
    const std::string next = encode_backward_token(page.before);
    if (next == token) {
      break;
    }
    token = next;
  }
  EXPECT_EQ(pages, (std::vector<std::string>{"1 2 ", "0 ", ""}));
}

TEST(LogPage, KeepsTheTokenWhileALineIsNotEnded) {
  LogOfLines log(1, false);
  const LogPage first = *log.read(forwards(10));
  log.add("half");
  const LogPage second = *log.read(forwards(10, first.after));
  EXPECT_EQ(messages(second), "");
  EXPECT_EQ(second.after, first.after);
  log.set_complete();
  EXPECT_EQ(messages(*log.read(forwards(10, second.after))), "half ");
}

TEST(LogPage, KeepsToTimes) {
  const LogOfLines log(5);
  LogPageAsked asked = forwards(10);
  asked.start = WallTime{1001};
  asked.end = WallTime{1003};
  EXPECT_EQ(messages(*log.read(asked)), "1 2 ");
}

TEST(LogPage, EndsAPageAtAMegabyte) {
  LogOfLines log(0);
  for (int i = 0; i < 40; ++i) {
    log.add(std::string(60'000, 'x') + "\n");
  }
  const LogPage page = *log.read(forwards(10'000));
  EXPECT_EQ(page.events.size(), 18U);
  EXPECT_FALSE(page.is_at_end);
  EXPECT_EQ(log.read(forwards(10'000, page.after))->events.size(), 18U);
}

TEST(LogPage, RefusesTokensOfOthers) {
  LogPageAsked asked;
  for (const char* token :
       {"x", "f/", "f/1.2", "f/1.2.3.4.5.6.7", "f/1.2.9.0.0.0", "b/", "b/x", "b/1.2.3",
        "f/1.2.1.999999999.0.0", "f/99999999999999999999.0.0.0.0.0"}) {
    EXPECT_FALSE(decode_log_token(token, asked)) << token;
  }
}

TEST(LogPage, PassesOnWhatTheReaderSays) {
  const auto page = read_log_page(
      [](std::uint64_t, std::uint64_t) -> Result<LogPiece> {
        return refuse(ErrorCode::NotFound, "gone");
      },
      forwards(1));
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().reason, "gone");
}

}  // namespace
}  // namespace dray::wire
