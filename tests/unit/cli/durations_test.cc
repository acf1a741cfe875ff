#include "cli/durations.h"

#include <gtest/gtest.h>

namespace dray::cli {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Durations, AreReadInWords) {
  EXPECT_EQ(parse_duration("90"), Duration(seconds(90)));
  EXPECT_EQ(parse_duration("90s"), Duration(seconds(90)));
  EXPECT_EQ(parse_duration("2h30m"), Duration(minutes(150)));
  EXPECT_EQ(parse_duration("1d 12h"), Duration(hours(36)));
  EXPECT_EQ(parse_duration("15 min"), Duration(minutes(15)));
  EXPECT_EQ(parse_duration("1.5h"), Duration(minutes(90)));
  EXPECT_EQ(parse_duration("500ms"), Duration(milliseconds(500)));
}

TEST(Durations, RefuseWhatIsNone) {
  for (const char* text : {"", " ", "0", "-5s", "5x", "h", "5s!", "1e3", "nan", "inf", "99999d"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Durations, AreWrittenInAtMostTwoUnits) {
  EXPECT_EQ(duration_text(milliseconds(312)), "0.3s");
  EXPECT_EQ(duration_text(seconds(42)), "42s");
  EXPECT_EQ(duration_text(seconds(125)), "2m05s");
  EXPECT_EQ(duration_text(seconds(3 * 3600 + 7 * 60 + 59)), "3h07m");
  EXPECT_EQ(duration_text(hours(51)), "2d03h");
}

TEST(Memory, IsReadInMiBUnlessItSaysOtherwise) {
  EXPECT_EQ(parse_memory_mib("512"), 512);
  EXPECT_EQ(parse_memory_mib("512M"), 512);
  EXPECT_EQ(parse_memory_mib("2G"), 2048);
  EXPECT_EQ(parse_memory_mib("1.5GiB"), 1536);
  for (const char* text : {"", "0", "-1", "2X", "G", "2 G"}) {
    EXPECT_EQ(parse_memory_mib(text), std::nullopt) << text;
  }
}

TEST(Memory, IsWrittenInTheUnitThatFits) {
  EXPECT_EQ(memory_text(900), "900 KiB");
  EXPECT_EQ(memory_text(1536), "1.5 MiB");
  EXPECT_EQ(memory_text(3 * 1024 * 1024), "3 GiB");
}

}  // namespace
}  // namespace dray::cli
