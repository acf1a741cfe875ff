#include "cli/selectors.h"

#include <gtest/gtest.h>

namespace dray::cli {
namespace {

constexpr const char* kUuid = "4c7599ae-0a82-49aa-ba5a-4727fcce14a8";

TEST(JobSelector, TakesIdsArnsPrefixesAndLastWithOrWithoutAChild) {
  const auto whole = parse_selector(kUuid);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->kind, JobSelector::Kind::Whole);
  EXPECT_EQ(whole->with_child(whole->id), kUuid);

  const auto child = parse_selector(std::string(kUuid) + ":12");
  ASSERT_TRUE(child);
  EXPECT_EQ(child->with_child(child->id), std::string(kUuid) + ":12");

  const auto arn =
      parse_selector("arn:aws:batch:us-east-1:123456789012:job/" + std::string(kUuid) + ":3");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->with_child(arn->id), std::string(kUuid) + ":3");

  const auto last = parse_selector("last:0");
  ASSERT_TRUE(last);
  EXPECT_EQ(last->kind, JobSelector::Kind::Last);
  EXPECT_EQ(last->child, 0);

  const auto prefix = parse_selector("4C75");
  ASSERT_TRUE(prefix);
  EXPECT_EQ(prefix->kind, JobSelector::Kind::Prefix);
  EXPECT_EQ(prefix->id, "4c75");
}

TEST(JobSelector, RefusesWhatCanBeNoJob) {
  for (const char* text : {"", "4c7", "hello", "last:", "last:x", "last:-1", "4c75:1:2",
                           "arn:aws:x", "4c7599ae-0a82-49aa-ba5a-4727fcce14a8z"}) {
    EXPECT_FALSE(parse_selector(text)) << text;
  }
}

TEST(Children, StandBehindTheJob) {
  using Pair = std::pair<std::string, std::string>;
  EXPECT_EQ(split_children("last:3,7-9"), Pair("last", "3,7-9"));
  EXPECT_EQ(split_children("4c75:3"), Pair("4c75", "3"));
  EXPECT_EQ(split_children("last"), Pair("last", ""));
  EXPECT_EQ(split_children("arn:aws:batch:r:1:job/x"), Pair("arn:aws:batch:r:1:job/x", ""));
  EXPECT_EQ(split_children("arn:aws:batch:r:1:job/x:0-4"), Pair("arn:aws:batch:r:1:job/x", "0-4"));
}

TEST(Children, AreSeveralOrNone) {
  EXPECT_EQ(several_children("3,7-9"), (ChildRuns{{3, 3}, {7, 9}}));
  EXPECT_EQ(several_children("3-4"), (ChildRuns{{3, 4}}));
  EXPECT_TRUE(several_children("3").empty());
  EXPECT_TRUE(several_children("").empty());
}

TEST(ArraySize, IsANumberOrARangeFromZero) {
  EXPECT_EQ(parse_array_size("100"), 100);
  EXPECT_EQ(parse_array_size("0-99"), 100);
  EXPECT_EQ(parse_array_size("0-9999"), 10'000);
  for (const char* text : {"", "1", "0", "0-0", "1-10", "1000001", "0-1000000", "5-", "-5", "a",
                           "0-9x", "0-2147483647"}) {
    EXPECT_EQ(parse_array_size(text), std::nullopt) << text;
  }
}

TEST(Dependency, NamesAJobAChildOrPairs) {
  EXPECT_EQ(parse_dependency("last:3"), (wire::SubmitAsk::DependsOn{"last:3", ""}));
  EXPECT_EQ(parse_dependency("4c75:N_TO_N"), (wire::SubmitAsk::DependsOn{"4c75", "N_TO_N"}));
  EXPECT_EQ(parse_dependency("SEQUENTIAL"), (wire::SubmitAsk::DependsOn{"", "SEQUENTIAL"}));
  EXPECT_EQ(parse_dependency("last:3:AFTER_ANY"),
            (wire::SubmitAsk::DependsOn{"last:3", "AFTER_ANY"}));
  EXPECT_EQ(parse_dependency("4c75:AFTER_NOT_OK"),
            (wire::SubmitAsk::DependsOn{"4c75", "AFTER_NOT_OK"}));
  EXPECT_FALSE(parse_dependency(":N_TO_N"));
  EXPECT_FALSE(parse_dependency("AFTER_ANY"));
  EXPECT_FALSE(parse_dependency("nonsense"));
}

TEST(Pair, NeedsANameAndAnEqualsSign) {
  EXPECT_EQ(parse_pair("A=b=c"), (std::pair<std::string, std::string>("A", "b=c")));
  EXPECT_EQ(parse_pair("A="), (std::pair<std::string, std::string>("A", "")));
  EXPECT_FALSE(parse_pair("A"));
  EXPECT_FALSE(parse_pair("=b"));
}

TEST(NameFrom, MakesAnyCommandANameThatAwsTakes) {
  EXPECT_EQ(name_from("/usr/bin/python3.11"), "python3-11");
  EXPECT_EQ(name_from("./run me!"), "run-me");
  EXPECT_EQ(name_from("dir/"), "dir");
  EXPECT_EQ(name_from("///"), "job");
  EXPECT_EQ(name_from(""), "job");
  EXPECT_EQ(name_from("--x"), "x");
  EXPECT_EQ(name_from(std::string(300, 'a')).size(), 128U);
}

}  // namespace
}  // namespace dray::cli
