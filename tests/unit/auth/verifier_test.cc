#include "api/auth/verifier.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "api/auth/amz_time.h"
#include "api/auth/sign.h"

namespace dray::auth {
namespace {

constexpr const char* kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A request that owns its bytes, so that a test can change any of them.
struct Wire {
  std::string method = "POST";
  std::string target = "/v1/submitjob";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  [[nodiscard]] RequestParts parts() const {
    RequestParts parts{method, target, {}, body};
    for (const auto& [name, value] : headers) {
      parts.headers.emplace_back(name, value);
    }
    return parts;
  }
  std::string& header(const std::string& name) {
    for (auto& [known, value] : headers) {
      if (known == name) {
        return value;
      }
    }
    return headers.emplace_back(name, "").second;
  }
};

const FindSecret kFind = [](std::string_view id) -> const std::string* {
  static const std::string secret = kSecret;
  return id == "AKIDEXAMPLE" ? &secret : nullptr;
};

WallTime at(const char* time) {
  return parse_amz_time(time).value();
}

std::string verdict(const Wire& wire, const char* now) {
  Verifier verifier;
  const AuthResult<Signer> signer = verifier.verify(wire.parts(), kFind, at(now));
  return signer ? "by " + signer->key_id : signer.error().reason;
}

Wire signed_submit() {
  Wire wire;
  wire.target = "/v1/tags/arn%3Aaws%3Abatch?tagKeys=b%20c&tagKeys=a";
  wire.body = R"({"jobName":"a"})";
  wire.headers = {{"Host", "127.0.0.1:8470"},
                  {"Content-Type", "application/json"},
                  {"User-Agent", "not signed"}};
  Credentials credentials{"AKIDEXAMPLE", kSecret, "a token", "eu-west-1"};
  for (auto& [name, value] :
       sign({wire.method, wire.target, "127.0.0.1:8470", "application/json", wire.body},
            credentials, at("20260131T120000Z"))) {
    wire.headers.emplace_back(name, value);
  }
  return wire;
}

TEST(Verifier, AcceptsWhatSignSigns) {
  EXPECT_EQ(verdict(signed_submit(), "20260131T120000Z"), "by AKIDEXAMPLE");
}

TEST(Verifier, TellsTheScope) {
  Verifier verifier;
  const auto signer = verifier.verify(signed_submit().parts(), kFind, at("20260131T120000Z"));
  ASSERT_TRUE(signer);
  EXPECT_EQ(to_string(signer->scope), "20260131/eu-west-1/batch/aws4_request");
}

struct Published {
  const char* name;
  Wire wire;
  const char* signed_headers;
  const char* signature;
};

/// From AWS's published test suite and documentation.
const std::vector<Published>& published() {
  static const std::vector<std::pair<std::string, std::string>> kHost{
      {"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}};
  static const std::vector<Published> all{
      {"get-vanilla",
       {"GET", "/", kHost, ""},
       "host;x-amz-date",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-vanilla-query-order-key-case",
       {"GET", "/?Param2=value2&Param1=value1", kHost, ""},
       "host;x-amz-date",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-empty-query-key",
       {"GET", "/?Param1=value1", kHost, ""},
       "host;x-amz-date",
       "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
      {"get-unreserved",
       {"GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", kHost, ""},
       "host;x-amz-date",
       "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
      {"get-relative",
       {"GET", "/example/..", kHost, ""},
       "host;x-amz-date",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-slash-pointless-dot",
       {"GET", "/./example", kHost, ""},
       "host;x-amz-date",
       "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
      {"get-slashes",
       {"GET", "//example//", kHost, ""},
       "host;x-amz-date",
       "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
      {"post-vanilla",
       {"POST", "/", kHost, ""},
       "host;x-amz-date",
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"post-header-key-sort",
       {"POST", "/", {kHost[0], {"My-Header1", "value1"}, kHost[1]}, ""},
       "host;my-header1;x-amz-date",
       "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
      {"get-header-value-trim",
       {"GET",
        "/",
        {kHost[0], {"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}, kHost[1]},
        ""},
       "host;my-header1;my-header2;x-amz-date",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"get-header-key-duplicate",
       {"GET",
        "/",
        {kHost[0],
         {"My-Header1", "value2"},
         {"My-Header1", "value2"},
         {"My-Header1", "value1"},
         kHost[1]},
        ""},
       "host;my-header1;x-amz-date",
       "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"post-x-www-form-urlencoded",
       {"POST",
        "/",
        {{"Content-Type", "application/x-www-form-urlencoded"}, kHost[0], kHost[1]},
        "Param1=value1"},
       "content-type;host;x-amz-date",
       "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
  };
  return all;
}

TEST(Verifier, AcceptsThePublishedVectors) {
  for (const Published& one : published()) {
    Wire wire = one.wire;
    wire.headers.emplace_back(
        "Authorization",
        std::string("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/"
                    "aws4_request, SignedHeaders=") +
            one.signed_headers + ", Signature=" + one.signature);
    EXPECT_EQ(verdict(wire, "20150830T123600Z"), "by AKIDEXAMPLE") << one.name;
  }
}

TEST(Verifier, DerivesTheKeyOfTheDocumentation) {
  EXPECT_EQ(to_hex(derive_signing_key(kSecret, {"20150830", "us-east-1", "iam"})),
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

/// What is signed, in one text.
std::optional<std::string> meaning(const Wire& wire) {
  const auto given = parse_authorization(canonical_header(wire.parts(), "authorization"));
  if (!given) {
    return std::nullopt;
  }
  return given->key_id + to_string(given->scope) + to_hex(given->signature) +
         canonical_header(wire.parts(), "x-amz-date") +
         canonical_request(wire.parts(), given->signed_headers, sha256(wire.body));
}

/// Every bit of `text`, one after another, is wrong once; `wire` is as before afterwards.
void flip_each_bit(Wire& wire, std::string& text) {
  const std::string right = meaning(wire).value();
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      const char was = text[i];
      text[i] = static_cast<char>(static_cast<unsigned char>(was) ^ (1U << bit));
      if (meaning(wire) != right) {
        EXPECT_NE(verdict(wire, "20260131T120000Z"), "by AKIDEXAMPLE") << text << " at " << i;
      }
      text[i] = was;
    }
  }
}

TEST(Verifier, RefusesEveryChangedBitOfWhatIsSigned) {
  Wire wire = signed_submit();
  flip_each_bit(wire, wire.method);
  flip_each_bit(wire, wire.target);
  flip_each_bit(wire, wire.body);
  for (const char* name :
       {"Host", "Content-Type", "X-Amz-Date", "X-Amz-Security-Token", "Authorization"}) {
    flip_each_bit(wire, wire.header(name));
  }
  EXPECT_EQ(verdict(wire, "20260131T120000Z"), "by AKIDEXAMPLE");
}

TEST(Verifier, RefusesWhatWasAddedOrTakenAway) {
  Wire wire = signed_submit();
  wire.header("X-Amz-Target") = "Logs_20140328.GetLogEvents";
  EXPECT_EQ(verdict(wire, "20260131T120000Z"), "The header 'x-amz-target' must be signed.");
  wire = signed_submit();
  wire.headers.emplace_back("host", "other");
  EXPECT_NE(verdict(wire, "20260131T120000Z"), "by AKIDEXAMPLE");
  wire = signed_submit();
  wire.headers.erase(wire.headers.begin());
  EXPECT_EQ(verdict(wire, "20260131T120000Z"), "The signed header 'host' is not in the request.");
  wire = signed_submit();
  wire.header("User-Agent") = "may change";
  EXPECT_EQ(verdict(wire, "20260131T120000Z"), "by AKIDEXAMPLE");
}

TEST(Verifier, LetsNobodySayThatTheBodyIsNotSigned) {
  for (const char* told : {"UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ""}) {
    Wire wire = signed_submit();
    wire.header("X-Amz-Content-Sha256") = told;
    std::string& given = wire.header("Authorization");
    given.replace(given.find("host;x-amz-date"), 15, "host;x-amz-content-sha256;x-amz-date");
    EXPECT_EQ(verdict(wire, "20260131T120000Z"),
              "The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
}

TEST(Verifier, HoldsFiveMinutesAndTellsTheServersTime) {
  const Wire wire = signed_submit();
  EXPECT_EQ(verdict(wire, "20260131T120500Z"), "by AKIDEXAMPLE");
  EXPECT_EQ(verdict(wire, "20260131T115500Z"), "by AKIDEXAMPLE");
  EXPECT_EQ(verdict(wire, "20260131T120501Z"),
            "Signature expired: 20260131T120000Z is now earlier than 20260131T120001Z "
            "(20260131T120501Z - 5 min.)");
  EXPECT_EQ(verdict(wire, "20260131T115459Z"),
            "Signature not yet current: 20260131T120000Z is still later than 20260131T115959Z "
            "(20260131T115459Z + 5 min.)");
}

TEST(Verifier, SaysWhatIsMissing) {
  Wire wire = signed_submit();
  wire.headers.pop_back();
  EXPECT_EQ(verdict(wire, "20260131T120000Z"), "Missing Authentication Token");
  wire.header("Authorization") = "Bearer abc";
  EXPECT_EQ(verdict(wire, "20260131T120000Z"),
            "Authorization must be AWS Signature Version 4: AWS4-HMAC-SHA256.");
  wire.header("Authorization") = "AWS4-HMAC-SHA256 Credential=A/20260131/r/s/aws4_request";
  EXPECT_EQ(verdict(wire, "20260131T120000Z"),
            "Authorization header requires 'Signature' parameter.");
}

TEST(Verifier, RefusesAnUnknownKeyAndASignatureInTheQuery) {
  Wire wire = signed_submit();
  std::string& given = wire.header("Authorization");
  given.replace(given.find("AKID"), 4, "AKIE");
  EXPECT_EQ(verdict(wire, "20260131T120000Z"),
            "The security token included in the request is invalid.");
  wire = signed_submit();
  wire.target += "&X-Amz-Signature=0";
  EXPECT_EQ(verdict(wire, "20260131T120000Z"),
            "Signatures in the query string are not accepted here.");
}

TEST(Verifier, TakesTheFormWithoutBlanks) {
  Wire wire = signed_submit();
  std::string& given = wire.header("Authorization");
  for (std::size_t at = given.find(", "); at != std::string::npos; at = given.find(", ")) {
    given.erase(at + 1, 1);
  }
  EXPECT_EQ(verdict(wire, "20260131T120000Z"), "by AKIDEXAMPLE");
}

TEST(SigningKeys, AreBoundedAndStayRight) {
  SigningKeys keys(2);
  for (const char* region : {"a", "b", "c", "a"}) {
    const Scope scope{"20260131", region, "batch"};
    const Digest key = derive_signing_key(kSecret, scope);
    keys.keep("id", scope, key);
    EXPECT_EQ(keys.of("id", kSecret, scope), key);
    EXPECT_LE(keys.size(), 2U);
  }
}

TEST(AmzTime, ReadsWhatItWrites) {
  for (const char* text : {"19700101T000000Z", "20240229T235959Z", "20260131T120000Z"}) {
    EXPECT_EQ(amz_time(at(text)), text);
  }
  for (const char* text : {"20230229T000000Z", "20260131T240000Z", "20260131 120000Z",
                           "2026-01-31T12:00Z", "20260131T12000aZ", ""}) {
    EXPECT_FALSE(parse_amz_time(text)) << text;
  }
}

}  // namespace
}  // namespace dray::auth
