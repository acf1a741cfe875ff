#include "api/server/target.h"

#include <gtest/gtest.h>

namespace dray::server {
namespace {

TEST(Target, IsDecodedOnce) {
  EXPECT_EQ(percent_decode("/v1/tags/arn%3Aaws%2Fq"), "/v1/tags/arn:aws/q");
  EXPECT_EQ(percent_decode("a%2541"), "a%41");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
}

TEST(Target, IsRefusedWhenBrokenOrHidingANul) {
  for (const char* text : {"%", "%4", "%zz", "a%00b"}) {
    EXPECT_FALSE(percent_decode(text)) << text;
  }
}

TEST(Target, FindsItemsOfTheQuery) {
  EXPECT_EQ(query_value("attempt=2&offset=10", "offset"), "10");
  EXPECT_EQ(query_value("a=%20b&a=c", "a"), " b");
  EXPECT_EQ(query_value("a&b=", "a"), "");
  EXPECT_EQ(query_value("a&b=", "b"), "");
  EXPECT_FALSE(query_value("attempt=2", "offset"));
  EXPECT_FALSE(query_value("", "a"));
}

}  // namespace
}  // namespace dray::server
