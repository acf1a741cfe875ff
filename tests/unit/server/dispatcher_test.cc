#include "api/server/dispatcher.h"

#include <gtest/gtest.h>

#include "tests/support/fake_backend.h"

namespace dray::server {
namespace {

/// What the library makes of requests that have passed the connection's bounds.
class DispatcherTest : public testing::Test {
 protected:
  std::string answer(const std::string& method, const std::string& target,
                     const std::string& body = "") {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.headers = headers;
    return dispatcher.answer(request, true);
  }

  std::map<std::string, std::string> headers;
  test::FakeBackend backend;
  Routes routes{backend, {"eu-west-1", "123456789012"}, {"0.1", ""}};
  Dispatcher dispatcher{routes, std::chrono::seconds(15), 100};
};

TEST_F(DispatcherTest, AnswersInHttp) {
  const std::string text = answer("GET", "/livez");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
  EXPECT_NE(text.find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(text.find("x-amzn-RequestId: "), std::string::npos);
  EXPECT_NE(text.find("Date: "), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\n{\"status\":\"ok\"}")) << text;
}

TEST_F(DispatcherTest, AnswersMethodsItDoesNotKnow) {
  for (const char* method : {"BREW", "CONNECT", "TRACE", "OPTIONS", "PATCH", "PRI"}) {
    const std::string text = answer(method, "/livez");
    EXPECT_TRUE(text.starts_with("HTTP/1.1 4")) << method << ": " << text;
  }
}

TEST_F(DispatcherTest, LetsNoHeaderActThatRoutesDoNotLookAt) {
  headers = {{"range", "bytes=0-1"},
             {"accept-encoding", "gzip, br"},
             {"content-type", "multipart/form-data; boundary=x"},
             {"remote_addr", "6.6.6.6"},
             {"x-amz-target", "a%0d%0aInjected: 1"},
             {"transfer-encoding", "chunked"}};
  const std::string text = answer("GET", "/version", "ignored");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
  EXPECT_TRUE(text.ends_with("{\"name\":\"dray\",\"version\":\"0.1\"}")) << text;
  EXPECT_EQ(text.find("Injected"), std::string::npos);
}

TEST_F(DispatcherTest, KeepsWhatRoomsThrowToItself) {
  backend.throws = true;
  const std::string text =
      answer("POST", "/v1/describejobs", R"({"jobs":["4c7599ae-0a82-49aa-ba5a-4727fcce14a8"]})");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 500")) << text;
  EXPECT_EQ(text.find("secret"), std::string::npos) << text;
  EXPECT_NE(text.find("ServerException"), std::string::npos);
}

TEST_F(DispatcherTest, SurvivesLongPathsAndOddTargets) {
  for (const std::string& target :
       {"/" + std::string(2000, 'a'), std::string("/%"), std::string("/a%00b"),
        std::string("/v1/tags/%zz"), std::string("//"), std::string("/x?") + std::string(6000, '&'),
        std::string("/dray/v1/jobs/%3A/log?offset=-1"), std::string("/v1/../v1/livez")}) {
    EXPECT_TRUE(answer("GET", target).starts_with("HTTP/1.1 4")) << target.substr(0, 50);
  }
}

}  // namespace
}  // namespace dray::server
