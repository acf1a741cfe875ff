#include <set>
#include <string_view>

#include <gtest/gtest.h>

#include "api/server/gate/deadlines.h"
#include "api/server/gate/request_limits.h"
#include "api/server/gate/token_buckets.h"

namespace dray::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(TokenBuckets, AllowTheRateAndTwiceItAfterARest) {
  TokenBuckets buckets(10);
  const TokenBuckets::Moment begin{seconds(1000)};
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(buckets.allow("a", begin)) << i;
  }
  EXPECT_FALSE(buckets.allow("a", begin));
  EXPECT_TRUE(buckets.allow("b", begin)) << "each has its own";
  EXPECT_FALSE(buckets.allow("a", begin + milliseconds(99)));
  EXPECT_TRUE(buckets.allow("a", begin + milliseconds(100)));
  EXPECT_FALSE(buckets.allow("a", begin + milliseconds(100)));
  int allowed = 0;
  for (int i = 0; i < 100; ++i) {
    allowed += buckets.allow("a", begin + seconds(3600)) ? 1 : 0;
  }
  EXPECT_EQ(allowed, 20) << "no more than that is saved up";
}

TEST(TokenBuckets, AllowEverythingWithoutARate) {
  TokenBuckets buckets(0);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(buckets.allow("a", {}));
  }
  EXPECT_EQ(buckets.size(), 0U);
}

TEST(TokenBuckets, RememberNoMoreNamesThanTheyMay) {
  TokenBuckets buckets(1, 10);
  const TokenBuckets::Moment begin{seconds(1000)};
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(buckets.allow("name " + std::to_string(i), begin));
    ASSERT_LE(buckets.size(), 10U);
  }
  buckets.allow("late", begin + seconds(100));
  EXPECT_EQ(buckets.size(), 1U) << "full ones are forgotten first";
}

TEST(RequestLimits, CountIpv6ByNetworkAndSpareLoopback) {
  EXPECT_EQ(address_group("2001:db8:1:2::1"), address_group("2001:db8:1:2:ffff::9"));
  EXPECT_NE(address_group("2001:db8:1:2::1"), address_group("2001:db8:1:3::1"));
  EXPECT_EQ(address_group("10.0.0.1"), "10.0.0.1");
  GateCounts counts;
  RequestLimits limits({.address_rate = 1, .key_rate = 1}, counts);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(limits.allow_address("127.0.0.1"));
    EXPECT_TRUE(limits.allow_address("::1"));
  }
  EXPECT_TRUE(limits.allow_address("10.0.0.1"));
  EXPECT_TRUE(limits.allow_address("10.0.0.1"));
  EXPECT_FALSE(limits.allow_address("10.0.0.1"));
  EXPECT_TRUE(limits.allow_address("10.0.0.2"));
  EXPECT_EQ(counts.refused[static_cast<std::size_t>(Refused::AddressTooOften)], 1U);
}

TEST(RequestLimits, CountKeysWhereverTheyComeFrom) {
  GateCounts counts;
  RequestLimits limits({.key_rate = 1}, counts);
  EXPECT_TRUE(limits.allow("AKIA1", "127.0.0.1"));
  EXPECT_TRUE(limits.allow("AKIA1", "10.0.0.1"));
  EXPECT_FALSE(limits.allow("AKIA1", "10.0.0.2"));
  EXPECT_TRUE(limits.allow("AKIA2", "10.0.0.2"));
  EXPECT_EQ(counts.refused[static_cast<std::size_t>(Refused::KeyTooOften)], 1U);
}

TEST(Deadlines, TellTheEarliest) {
  Deadlines deadlines;
  const Moment one{seconds(1)};
  const Moment two{seconds(2)};
  const Moment three{seconds(3)};
  EXPECT_EQ(deadlines.next(), kNever);
  deadlines.move(7, kNever, two);
  deadlines.move(8, kNever, three);
  EXPECT_EQ(deadlines.first(), 7U);
  deadlines.move(8, three, one);
  EXPECT_EQ(deadlines.first(), 8U);
  EXPECT_EQ(deadlines.next(), one);
  deadlines.move(8, one, kNever);
  deadlines.move(8, kNever, kNever);
  EXPECT_EQ(deadlines.first(), 7U);
  deadlines.move(7, two, kNever);
  EXPECT_FALSE(deadlines.first());
}

TEST(Counts, HaveAWordForEachKind) {
  std::set<std::string_view> words;
  for (std::size_t kind = 0; kind < kRefusedKinds; ++kind) {
    words.insert(word_of(static_cast<Refused>(kind)));
  }
  EXPECT_EQ(words.size(), kRefusedKinds);
  EXPECT_FALSE(words.contains(""));
}

}  // namespace
}  // namespace dray::server
