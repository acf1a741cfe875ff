#include <string>

#include <gtest/gtest.h>

#include "api/wire/json_guard.h"
#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"

namespace dray::wire {
namespace {

Error error_of(const std::string& body) {
  const Result<JsonDocument> document = JsonDocument::parse(body);
  EXPECT_FALSE(document.has_value()) << body.substr(0, 100);
  return document ? Error{} : document.error();
}

/// Reads with `read` and gives what the document was refused for.
template <class Read>
std::string complaint_of(const std::string& body, Read read) {
  Result<JsonDocument> document = JsonDocument::parse(body);
  EXPECT_TRUE(document.has_value());
  read(document->root());
  return document->refusal() ? document->refusal()->reason : "";
}

TEST(JsonGuard, RefusesWhatIsNoJsonWithAwsText) {
  for (const char* body : {"{", "}", "[1,2", "{\"a\":}", "{\"a\":1,}", "nonsense", "{\"a\":1}x"}) {
    EXPECT_EQ(error_of(body).reason, kJsonBroken) << body;
    EXPECT_EQ(error_of(body).code, ErrorCode::BadRequest);
  }
}

TEST(JsonGuard, RefusesAMillionNestedListsWithoutBuildingThem) {
  const std::string deep =
      "{\"a\":" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}";
  EXPECT_TRUE(error_of(deep).reason.starts_with(kJsonBroken));
}

TEST(JsonGuard, AcceptsTheDeepestAllowedAndRefusesOneMore) {
  const auto nested = [](std::size_t lists) {
    return "{\"a\":" + std::string(lists, '[') + std::string(lists, ']') + "}";
  };
  EXPECT_TRUE(JsonDocument::parse(nested(kJsonDepthMax - 1)).has_value());
  EXPECT_FALSE(JsonDocument::parse(nested(kJsonDepthMax)).has_value());
}

TEST(JsonGuard, RefusesAMemberThatComesTwice) {
  EXPECT_NE(error_of(R"({"a":1,"a":2})").reason.find("twice"), std::string::npos);
  EXPECT_TRUE(JsonDocument::parse(R"({"a":{"b":1},"c":{"b":2}})").has_value());
}

TEST(JsonGuard, RefusesBrokenUtf8AndHiddenNuls) {
  error_of("{\"a\":\"\xff\xfe\"}");
  error_of("{\"a\":\"\xc3\"}");
  error_of(R"({"a":"x\u0000y"})");
  error_of(R"({"a\u0000":1})");
}

TEST(JsonGuard, RefusesNumbersThatNoTypeHolds) {
  error_of(R"({"a":1e999})");
}

TEST(JsonGuard, RefusesABodyThatIsNoObject) {
  for (const char* body : {"[]", "1", "null", "\"a\""}) {
    EXPECT_TRUE(error_of(body).reason.starts_with(kJsonBroken)) << body;
  }
}

TEST(JsonReader, CountsAnEmptyBodyAsAnEmptyObject) {
  EXPECT_TRUE(JsonDocument::parse("").has_value());
  EXPECT_TRUE(JsonDocument::parse(" \r\n").has_value());
}

TEST(JsonReader, TakesNullForAbsent) {
  EXPECT_EQ(complaint_of(R"({"a":null})",
                         [](const JsonObject& root) {
                           EXPECT_FALSE(root.has("a"));
                           EXPECT_EQ(root.text("a"), "");
                           EXPECT_FALSE(root.integer("a"));
                           EXPECT_TRUE(root.texts("a").empty());
                         }),
            "");
}

TEST(JsonReader, RefusesWrongTypesAndKeepsTheFirstComplaint) {
  EXPECT_EQ(complaint_of(R"({"a":1,"b":"x"})",
                         [](const JsonObject& root) {
                           (void)root.text("a");
                           (void)root.integer("b");
                         }),
            "Member a must be a string");
  EXPECT_EQ(complaint_of(R"({"a":{}})", [](const JsonObject& root) { (void)root.texts("a"); }),
            "Member a must be a list");
  EXPECT_EQ(complaint_of(R"({"a":[1]})", [](const JsonObject& root) { (void)root.objects("a"); }),
            "Member a must be a list of objects");
  EXPECT_EQ(complaint_of(R"({"a":"true"})", [](const JsonObject& root) { (void)root.flag("a"); }),
            "Member a must be true or false");
}

TEST(JsonReader, ReadsWholeNumbersInEveryFormAndNoOthers) {
  const auto read = [](const std::string& number) {
    Result<JsonDocument> document = JsonDocument::parse("{\"a\":" + number + "}");
    return document->root().long_integer("a");
  };
  EXPECT_EQ(read("1700000000000"), 1'700'000'000'000);
  EXPECT_EQ(read("1.7e12"), 1'700'000'000'000);
  EXPECT_EQ(read("-3"), -3);
  EXPECT_EQ(read("1.5"), std::nullopt);
  EXPECT_EQ(read("18446744073709551616"), std::nullopt);  // 2^64
  EXPECT_EQ(read("18446744073709551615"), std::nullopt);
  EXPECT_EQ(read("1e300"), std::nullopt);
}

TEST(JsonReader, NeverCutsALargeNumberDownToASmallOne) {
  EXPECT_EQ(
      complaint_of(R"({"a":4294967297})",
                   [](const JsonObject& root) { EXPECT_EQ(root.integer("a"), std::nullopt); }),
      "Member a is out of range");
}

TEST(JsonWriter, ReplacesWhatIsNoUtf8) {
  JsonWriter out;
  out.begin_object()
      .text("message",
            "a\xff"
            "b")
      .end_object();
  EXPECT_EQ(out.take(),
            "{\"message\":\"a\xEF\xBF\xBD"
            "b\"}");
}

TEST(JsonWriter, EscapesWhatMustBe) {
  JsonWriter out;
  out.begin_list().text("a\"b\\c\n\x01").text("\xC3\xA9<&>").end_list();
  EXPECT_EQ(out.take(), "[\"a\\\"b\\\\c\\n\\u0001\",\"\xC3\xA9<&>\"]");
}

TEST(JsonWriter, PutsCommasBetweenAndNowhereElse) {
  JsonWriter out;
  out.begin_object().empty_list("a").number("b", -1).flag("c", false).texts("d", {"x", "y"});
  out.text_map("e", {{"k", "v"}}).name("f").begin_list().begin_object().end_object();
  out.begin_object().end_object().end_list().end_object();
  EXPECT_EQ(out.take(), R"({"a":[],"b":-1,"c":false,"d":["x","y"],"e":{"k":"v"},"f":[{},{}]})");
}

TEST(JsonWriter, CopiesMembersOfAnObjectButNotTheExcepted) {
  JsonWriter out;
  out.begin_object().members_of(R"({"a":1,"b":[2],"c":"x"})", {"b"}).members_of("", {});
  out.members_of("broken", {}).end_object();
  EXPECT_EQ(out.take(), R"({"a":1,"c":"x"})");
}

TEST(JsonWriter, CopiesEveryObjectAsItIsAsked) {
  JsonWriter out;
  const std::string one = R"({"a":1,"b":2})";
  for (int i = 0; i < 2; ++i) {
    out.begin_object().members_of(one, {"b"}).end_object();
    out.begin_object().members_of(one, {"b"}, {"c"}).end_object();
    out.begin_object().members_of(one, {}, {"b"}).end_object();
    out.begin_object().members_of(R"({"a":2})", {"b"}).end_object();
    out.begin_object().members_of("{}", {}).end_object();
  }
  const std::string all = R"({"a":1},{"a":1,"c":[]},{"a":1,"b":2},{"a":2},{})";
  EXPECT_EQ(out.take(), all + "," + all);
}

TEST(MergeObjects, PutsTheSecondOntoTheFirst) {
  EXPECT_EQ(merge_objects(R"({"a":1,"b":2})", R"({"b":3,"c":4})"), R"({"a":1,"b":3,"c":4})");
  EXPECT_EQ(merge_objects("", R"({"a":1})"), R"({"a":1})");
  EXPECT_EQ(merge_objects(R"({"a":1})", "[]"), R"({"a":1})");
}

}  // namespace
}  // namespace dray::wire
