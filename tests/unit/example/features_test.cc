#include "examples/package-features/features.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "examples/package-features/failure.h"
#include "examples/package-features/part.h"

namespace package_features {
namespace {

TEST(StableHash, IsTheSameForEver) {
  EXPECT_EQ(stable_hash(""), 14695981039346656037ULL);
  EXPECT_EQ(stable_hash("a"), 12638187200555641996ULL);
  EXPECT_EQ(stable_hash("foobar"), 9625390261332436968ULL);
}

TEST(Words, AreLowerCaseAndSaySomething) {
  EXPECT_EQ(words_of("The GNU C++ Compiler, for x86-64"),
            (std::vector<std::string>{"gnu", "compiler", "x86", "64"}));
}

TEST(Words, KeepOtherLettersWhole) {
  EXPECT_EQ(words_of("M\xc3\xbcller's"), (std::vector<std::string>{"m\xc3\xbcller"}));
}

TEST(Features, CountEveryWordOnceInOneColumn) {
  const FeatureCounts counts = features_of("spam spam eggs");
  std::uint32_t words = 0;
  for (const auto& [column, count] : counts) {
    EXPECT_LT(column, kFeatures);
    words += count;
  }
  EXPECT_EQ(words, 3U);
}

TEST(Part, SurvivesBeingWritten) {
  Part part;
  Row row;
  row.package.name = "a";
  row.package.version = "1";
  row.package.dependencies = {"b", "c"};
  row.features = {{3, 1}, {900, 2}};
  part.rows = {row, Row{}};
  part.rows[1].package.name = "z";
  part.rejected = {{"", "no name"}};
  part.counts = {3, 2, 1, 1};
  const Part again = parse_part(format_part(part));
  EXPECT_EQ(again.counts, part.counts);
  EXPECT_EQ(format_part(again), format_part(part));
  EXPECT_EQ(again.rows[0].features, row.features);
}

TEST(Part, IsRefusedWhenItsEndIsMissing) {
  Part part;
  part.rows = {Row{}};
  part.counts = {1, 1, 0, 0};
  const std::string text = format_part(part);
  EXPECT_NO_THROW(parse_part(text));
  EXPECT_THROW(parse_part(text.substr(0, text.find("end"))), Failure);
  EXPECT_THROW(parse_part(text.substr(text.find("end"))), Failure);
  EXPECT_THROW(parse_part(""), Failure);
}

}  // namespace
}  // namespace package_features
