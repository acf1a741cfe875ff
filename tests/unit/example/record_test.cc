#include "examples/package-features/record.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace package_features {
namespace {

std::vector<std::string> cut(std::string_view index) {
  std::vector<std::string> records;
  RecordCutter cutter(index);
  while (const auto record = cutter.next()) {
    records.emplace_back(*record);
  }
  return records;
}

TEST(RecordCutter, CutsAtEmptyLines) {
  EXPECT_EQ(cut("Package: a\nSize: 1\n\nPackage: b\n"),
            (std::vector<std::string>{"Package: a\nSize: 1\n", "Package: b\n"}));
}

TEST(RecordCutter, CutsWhereASecondPackageBegins) {
  EXPECT_EQ(cut("Package: a\nPackage: b\n"),
            (std::vector<std::string>{"Package: a\n", "Package: b\n"}));
}

TEST(RecordCutter, SkipsEmptyLinesAroundRecords) {
  EXPECT_EQ(cut("\n\nPackage: a\n\n\n\n"), (std::vector<std::string>{"Package: a\n"}));
  EXPECT_TRUE(cut("").empty());
  EXPECT_TRUE(cut("\n\n").empty());
}

TEST(RecordCutter, TakesALastLineWithoutItsEnd) {
  EXPECT_EQ(cut("Package: a\n\nPackage: b"),
            (std::vector<std::string>{"Package: a\n", "Package: b"}));
}

TEST(RecordCutter, TakesARecordThatHasNoPackage) {
  EXPECT_EQ(cut("Version: 1\nPackage: a\n"),
            (std::vector<std::string>{"Version: 1\nPackage: a\n"}));
}

TEST(Fields, JoinContinuedLines) {
  const Fields fields = parse_fields("Package: a\nTag: x, y,\n z\nSize:  7 \r\n");
  EXPECT_EQ(fields.at("package"), "a");
  EXPECT_EQ(fields.at("tag"), "x, y, z");
  EXPECT_EQ(fields.at("size"), "7");
}

TEST(Fields, KeepTheFirstOfTwo) {
  EXPECT_EQ(parse_fields("Size: 1\nSize: 2\n and more\n").at("size"), "1");
}

TEST(Fields, LeaveOutWhatIsNoField) {
  EXPECT_TRUE(parse_fields(" lost\nnonsense\n: empty\n").empty());
}

}  // namespace
}  // namespace package_features
