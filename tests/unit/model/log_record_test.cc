#include "model/log_record.h"

#include <gtest/gtest.h>

namespace dray {
namespace {

TEST(LogRecord, GivesBackStreamTimeAndBytes) {
  std::string log;
  append_log_record(log, {LogStream::Output, {1'700'000'000'123}, "hello\n"});
  append_log_record(log, {LogStream::Error, {1'700'000'000'124}, "", 19});

  std::string_view rest = log;
  bool is_broken = false;
  auto record = take_log_record(rest, is_broken);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->stream, LogStream::Output);
  EXPECT_EQ(record->at.epoch_ms, 1'700'000'000'123);
  EXPECT_EQ(record->bytes, "hello\n");
  record = take_log_record(rest, is_broken);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->stream, LogStream::Error);
  EXPECT_EQ(record->container, 19);
  EXPECT_EQ(record->bytes, "");
  EXPECT_EQ(take_log_record(rest, is_broken), std::nullopt);
  EXPECT_FALSE(is_broken);
}

TEST(LogRecord, WaitsForTheRestOfACutOne) {
  std::string log;
  append_log_record(log, {LogStream::Output, {1}, "hello"});
  for (std::size_t length = 0; length < log.size(); ++length) {
    std::string_view rest = std::string_view(log).substr(0, length);
    bool is_broken = false;
    EXPECT_EQ(take_log_record(rest, is_broken), std::nullopt) << length;
    EXPECT_FALSE(is_broken);
    EXPECT_EQ(rest.size(), length);
  }
}

TEST(LogRecord, SaysWhenAHeadCannotBeOne) {
  std::string log;
  append_log_record(log, {LogStream::Output, {1}, "hello"});
  std::string no_stream = log;
  no_stream[4] = 9;
  std::string too_long = log;
  too_long[2] = 0x7f;
  for (const std::string& broken : {no_stream, too_long}) {
    std::string_view rest = broken;
    bool is_broken = false;
    EXPECT_EQ(take_log_record(rest, is_broken), std::nullopt);
    EXPECT_TRUE(is_broken);
  }
}

}  // namespace
}  // namespace dray
