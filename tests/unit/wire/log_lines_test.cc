#include "api/wire/log_lines.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace dray::wire {
namespace {

/// Lines of a log read in one go.
std::vector<std::string> all_lines(const std::string& log, bool is_complete) {
  std::vector<std::string> lines;
  LogLines reader(LogPosition{});
  const LogLines::Sink sink = [&lines](LogEvent event) {
    EXPECT_EQ(event.ordinal, lines.size());
    lines.push_back(std::move(event.message));
    return true;
  };
  reader.feed(log, sink);
  if (is_complete) {
    reader.finish(sink);
  }
  return lines;
}

std::string log_of(const std::vector<std::pair<LogStream, std::string>>& writes) {
  std::string log;
  std::int64_t at = 1000;
  for (const auto& [stream, bytes] : writes) {
    append_log_record(log, {stream, WallTime{++at}, bytes});
  }
  return log;
}

TEST(LogLines, PutsLinesTogetherOverRecordsAndStreams) {
  const std::string log = log_of({{LogStream::Output, "one\ntw"},
                                  {LogStream::Error, "err"},
                                  {LogStream::Output, "o\n"},
                                  {LogStream::Error, "or\n\nlast"}});
  EXPECT_EQ(all_lines(log, false), (std::vector<std::string>{"one", "two", "error", ""}));
  EXPECT_EQ(all_lines(log, true), (std::vector<std::string>{"one", "two", "error", "", "last"}));
}

TEST(LogLines, OfOneContainerAreOnlyItsOwn) {
  std::string log;
  append_log_record(log, {LogStream::Output, WallTime{1}, "a", 0});
  append_log_record(log, {LogStream::Output, WallTime{2}, "b 1\nb", 1});
  append_log_record(log, {LogStream::Output, WallTime{3}, " 1\n", 0});
  append_log_record(log, {LogStream::Output, WallTime{4}, " 2\n", 1});
  // Also when each line is read for itself, from where the last one ended.
  for (const auto& [container, expected] :
       {std::pair<std::uint8_t, std::vector<std::string>>{0, {"a 1"}}, {1, {"b 1", "b 2"}}}) {
    std::vector<std::string> lines;
    LogPosition position;
    for (bool is_at_end = false; !is_at_end;) {
      LogLines reader(position, container);
      is_at_end = reader.feed(log.substr(position.offset), [&lines](LogEvent event) {
        lines.push_back(std::move(event.message));
        return false;
      });
      position = reader.position();
    }
    EXPECT_EQ(lines, expected);
  }
}

TEST(LogLines, CutsEndlessLines) {
  std::string log;
  for (int i = 0; i < 10; ++i) {
    append_log_record(log, {LogStream::Output, WallTime{1}, std::string(kLogRecordBytesMax, 'x')});
  }
  const std::vector<std::string> lines = all_lines(log, true);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].size(), kLineBytesMax);
  EXPECT_EQ(lines[2].size(), 10 * kLogRecordBytesMax - 2 * kLineBytesMax);
}

TEST(LogLines, StopsAtABrokenRecord) {
  LogLines reader(LogPosition{});
  EXPECT_FALSE(reader.feed(std::string(64, '\xff'), [](LogEvent) { return true; }));
}

/// Reads `log` in pages of `page` lines, each by a fresh reader from the position the one before
/// it left; the log is cut at `cut` bytes for the first pages, as if it were still being written.
std::vector<std::string> lines_by_page(const std::string& log, std::size_t page) {
  std::vector<std::string> lines;
  LogPosition position;
  for (int guard = 0; guard < 10'000; ++guard) {
    std::size_t taken = 0;
    LogLines reader(position);
    const LogLines::Sink sink = [&](LogEvent event) {
      EXPECT_EQ(event.ordinal, lines.size());
      lines.push_back(std::move(event.message));
      return ++taken < page;
    };
    if (reader.feed(std::string_view(log).substr(position.offset), sink)) {
      reader.finish(sink);
    }
    position = reader.position();
    if (taken == 0) {
      break;
    }
  }
  return lines;
}

TEST(LogLines, GivesTheSameLinesFromEveryPosition) {
  rc::check([] {
    std::string log;
    const auto count = *rc::gen::inRange(0, 12);
    for (int i = 0; i < count; ++i) {
      const auto stream = static_cast<LogStream>(*rc::gen::inRange(1, 4));
      const auto bytes = *rc::gen::container<std::string>(rc::gen::element('a', 'b', '\n'));
      append_log_record(log, {stream, WallTime{i}, bytes});
    }
    const auto page = static_cast<std::size_t>(*rc::gen::inRange(1, 5));
    RC_ASSERT(lines_by_page(log, page) == all_lines(log, true));
  });
}

TEST(LogLines, GivesCutLinesTheSameFromEveryPosition) {
  std::string log;
  append_log_record(log, {LogStream::Error, WallTime{1}, "begun"});
  for (int i = 0; i < 9; ++i) {
    append_log_record(log, {LogStream::Output, WallTime{2}, std::string(60'000, 'x')});
    append_log_record(log, {LogStream::Error, WallTime{3}, std::string(50'000, 'y')});
  }
  append_log_record(log, {LogStream::Error, WallTime{4}, "ended\n"});
  EXPECT_EQ(lines_by_page(log, 1), all_lines(log, true));
}

}  // namespace
}  // namespace dray::wire
