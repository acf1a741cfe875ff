#include "api/server/browser_guard.h"

#include <gtest/gtest.h>

namespace dray::server {
namespace {

HttpRequest a_request(const std::string& method, std::map<std::string, std::string> headers,
                      const std::string& target = "/v1/submitjob") {
  HttpRequest request;
  request.method = method;
  request.target = target;
  request.headers = std::move(headers);
  return request;
}

int status(const HttpRequest& request, std::vector<std::string> names = {}) {
  const auto refused = BrowserGuard("127.0.0.1", std::move(names)).refuse(request);
  return refused ? refused->status : 200;
}

TEST(BrowserGuard, AnswersToAddressesAndToTheNamesOfLoopbackOnly) {
  for (const char* host :
       {"localhost", "localhost:8470", "LOCALHOST:1", "localhost.", "127.0.0.1:80", "127.3.2.1",
        "[::1]:8470", "[::1]", "10.0.0.1", "[fd00::2]:8470", "dray.localhost:8470"}) {
    EXPECT_EQ(status(a_request("GET", {{"host", host}}, "/livez")), 200) << host;
  }
  for (const char* host : {"evil.example", "evil.example:8470", "127.evil.example",
                           "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1.evil",
                           "::g", "%6cocalhost", "[", ":", "127.1", "xlocalhost"}) {
    EXPECT_EQ(status(a_request("GET", {{"host", host}}, "/livez")), 421) << host;
    EXPECT_EQ(status(a_request("POST", {{"host", host}, {"authorization", "AWS4-HMAC-SHA256 x"}})),
              421)
        << host;
  }
  EXPECT_EQ(status(a_request("GET", {}, "/livez")), 200);
}

TEST(BrowserGuard, AnswersToNamesThatTheOperatorGives) {
  const HttpRequest request = a_request("POST", {{"host", "Dray.example.org:443"}});
  EXPECT_EQ(status(request), 421);
  EXPECT_EQ(status(request, {"dray.Example.org"}), 200);
}

TEST(BrowserGuard, LeavesNamesToTheCertificateWhereThereIsOne) {
  const BrowserGuard guard("0.0.0.0", {}, true);
  EXPECT_FALSE(guard.refuse(a_request("GET", {{"host", "batch.example.org"}}, "/livez")));
  const auto foreign = guard.refuse(
      a_request("POST", {{"host", "batch.example.org"}, {"origin", "https://evil.example"}}));
  ASSERT_TRUE(foreign);
  EXPECT_EQ(foreign->status, 403);
}

TEST(BrowserGuard, LetsNoForeignPageChangeAnything) {
  const auto post = [](std::map<std::string, std::string> headers) {
    headers["host"] = "127.0.0.1:8470";
    return status(a_request("POST", std::move(headers)));
  };
  EXPECT_EQ(post({{"origin", "http://127.0.0.1:8470"}, {"content-type", "application/json"}}), 200);
  EXPECT_EQ(post({{"origin", "http://evil.example"}, {"content-type", "application/json"}}), 403);
  EXPECT_EQ(post({{"origin", "null"}}), 403);
  EXPECT_EQ(post({{"origin", "http://127.0.0.1:8471"}}), 403) << "another port is another origin";
  EXPECT_EQ(post({{"origin", "http://127.0.0.1:8470.evil.example"}}), 403);
  EXPECT_EQ(post({{"sec-fetch-site", "cross-site"}}), 403);
  EXPECT_EQ(post({{"sec-fetch-site", "same-site"}}), 403);
  EXPECT_EQ(post({{"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "navigate"}}), 403);
  EXPECT_EQ(post({{"sec-fetch-site", "same-origin"}}), 200);
  EXPECT_EQ(post({{"sec-fetch-site", "none"}}), 200);
}

TEST(BrowserGuard, TakesNoFormsButThatOfSts) {
  for (const char* type :
       {"text/plain", "text/plain;charset=UTF-8", "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded", "Text/Plain"}) {
    EXPECT_EQ(status(a_request("POST", {{"content-type", type}})), 415) << type;
    EXPECT_EQ(status(a_request("PUT", {{"content-type", type}}, "/dray/v1/queues/q/environment")),
              415);
    EXPECT_EQ(status(a_request("DELETE", {{"content-type", type}}, "/v1/tags/x")), 415);
    EXPECT_EQ(status(a_request("POST", {{"content-type", type}}, "/")), 200) << type;
  }
  for (const char* type : {"application/json", "application/x-amz-json-1.1", ""}) {
    EXPECT_EQ(status(a_request("POST", {{"content-type", type}})), 200) << type;
  }
}

TEST(BrowserGuard, LetsUsersBeLedHereButNoForeignPageRead) {
  EXPECT_EQ(
      status(a_request("GET", {{"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "navigate"}},
                       "/jobs")),
      200);
  EXPECT_EQ(
      status(a_request("GET", {{"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "no-cors"}},
                       "/dray/v1/events")),
      403);
  EXPECT_EQ(status(a_request("GET", {{"sec-fetch-site", "same-origin"}, {"sec-fetch-mode", "cors"}},
                             "/dray/v1/overview")),
            200);
}

}  // namespace
}  // namespace dray::server
