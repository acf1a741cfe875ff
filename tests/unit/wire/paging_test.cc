#include "api/wire/paging.h"

#include <gtest/gtest.h>

#include "api/wire/tags.h"

namespace dray::wire {
namespace {

TEST(Paging, BringsTokensBackAndRefusesOthers) {
  for (const std::string& after : {std::string("a"), std::string("q/1\x01\xff"), std::string()}) {
    EXPECT_EQ(decode_token(after.empty() ? "" : encode_token(after)), after);
  }
  for (const char* token : {"x", "dray1-0", "dray1-zz", "dray2-61"}) {
    EXPECT_FALSE(decode_token(token)) << token;
  }
}

TEST(Paging, WalksOverAllItemsOnce) {
  const auto key = [](const std::string& item) { return item; };
  std::vector<std::string> seen;
  Page page{2, {}};
  do {
    PageOf<std::string> part = page_of<std::string>({"a", "b", "c", "d"}, page, key);
    seen.insert(seen.end(), part.items.begin(), part.items.end());
    page.after = part.next;
  } while (!page.after.empty());
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "b", "c", "d"}));
}

std::string tags_refusal(const std::string& tags) {
  Result<JsonDocument> document = JsonDocument::parse(R"({"tags":)" + tags + "}");
  (void)read_tags(document->root());
  return document->refusal() ? document->refusal()->reason : "";
}

TEST(Tags, KeepsAwsLimits) {
  EXPECT_EQ(tags_refusal(R"({"k":"","Other":"v"})"), "");
  EXPECT_NE(tags_refusal(R"({"":"v"})"), "");
  EXPECT_NE(tags_refusal(R"({"aws:k":"v"})"), "");
  EXPECT_NE(tags_refusal(R"({")" + std::string(129, 'k') + R"(":"v"})"), "");
  EXPECT_NE(tags_refusal(R"({"k":")" + std::string(257, 'v') + R"("})"), "");
  std::string many = "{";
  for (int i = 0; i < 51; ++i) {
    many += (i > 0 ? "," : "") + ("\"k" + std::to_string(i)) + R"(":"v")";
  }
  EXPECT_NE(tags_refusal(many + "}"), "");
}

}  // namespace
}  // namespace dray::wire
