#include "api/server/http_head.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace dray::server {
namespace {

struct Parsed {
  int status = 0;  ///< 0: accepted.
  HttpRequest request;
  BodyFrame frame;
};

Parsed parse(const std::string& head) {
  Parsed parsed;
  if (const auto refusal = parse_head(head, HeadLimits(), parsed.request, parsed.frame)) {
    parsed.status = refusal->status;
  }
  return parsed;
}

Parsed parse_with(const std::string& headers) {
  return parse("POST / HTTP/1.1\r\nHost: h\r\n" + headers);
}

TEST(HttpHead, ReadsWhatAnSdkSends) {
  const Parsed parsed = parse(
      "POST /v1/submitjob HTTP/1.1\r\nHost: 127.0.0.1:8470\r\nContent-Type: application/json\r\n"
      "X-Amz-Date: 20261122T084857Z\r\nContent-Length: 12\r\n");
  EXPECT_EQ(parsed.status, 0);
  EXPECT_EQ(parsed.request.method, "POST");
  EXPECT_EQ(parsed.request.target, "/v1/submitjob");
  EXPECT_EQ(parsed.request.header("host"), "127.0.0.1:8470");
  EXPECT_EQ(parsed.frame.length, 12U);
  EXPECT_TRUE(parsed.request.keeps_alive);
}

TEST(HttpHead, KeepsTheConnectionAsTheClientWants) {
  EXPECT_TRUE(parse_with("").request.keeps_alive);
  EXPECT_TRUE(parse_with("Connection: disclosed\r\n").request.keeps_alive);
  EXPECT_FALSE(parse_with("Connection: close\r\n").request.keeps_alive);
  EXPECT_FALSE(parse_with("Connection: TE, Close\r\n").request.keeps_alive);
}

TEST(HttpHead, KeepsEveryLineInOrderForWhoeverChecksSignatures) {
  const Parsed parsed = parse_with("X-B:  two  words \r\nx-a: 1\r\nX-B: 3\r\n");
  ASSERT_EQ(parsed.request.lines.size(), 4U);
  EXPECT_EQ(parsed.request.lines[1].name, "X-B");
  EXPECT_EQ(parsed.request.lines[1].value, "two  words");
  EXPECT_EQ(parsed.request.lines[2].name, "x-a");
  EXPECT_EQ(parsed.request.lines[3].value, "3");
  EXPECT_EQ(parsed.request.header("x-b"), "two  words,3");
}

TEST(HttpHead, TakesNoMoreFromHttp10ThanItHas) {
  const Parsed parsed =
      parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n");
  EXPECT_EQ(parsed.status, 0);
  EXPECT_FALSE(parsed.request.keeps_alive);
  EXPECT_FALSE(parsed.frame.wants_continue);
  EXPECT_EQ(parse("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n").status, 400);
}

TEST(HttpHead, WantsOneHostAndAPath) {
  EXPECT_EQ(parse("GET / HTTP/1.1\r\n").status, 400);
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost:\r\n").status, 400);
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n").status, 400);
  for (const char* target : {"http://h/livez", "*", "h:80", "//", "?x"}) {
    const int status = parse("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n").status;
    EXPECT_EQ(status, target == std::string("//") ? 0 : 400) << target;
  }
}

TEST(HttpHead, KnowsOnlyOneExpectation) {
  EXPECT_TRUE(parse_with("Expect: 100-Continue\r\n").frame.wants_continue);
  EXPECT_EQ(parse_with("Expect: 200-ok\r\n").status, 417);
  EXPECT_EQ(parse_with("Expect: 100-continue\r\nExpect: x\r\n").status, 400);
}

TEST(HttpHead, RefusesBodiesThatCouldBeReadInTwoWays) {
  EXPECT_EQ(parse_with("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n").status, 400);
  EXPECT_EQ(parse_with("Content-Length: 1\r\nContent-Length: 1\r\n").status, 400);
  EXPECT_EQ(parse_with("Content-Length: 1\r\nTransfer-Encoding:\r\n").status, 400);
  EXPECT_EQ(parse_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n").status, 400);
  for (const char* coding : {"gzip, chunked", "chunked, chunked", "xchunked", "", "identity"}) {
    EXPECT_EQ(parse_with("Transfer-Encoding: " + std::string(coding) + "\r\n").status, 501)
        << coding;
  }
  for (const char* length : {"abc", "-1", "+1", "1 2", "", "0x10", "1,1"}) {
    EXPECT_EQ(parse_with("Content-Length: " + std::string(length) + "\r\n").status, 400) << length;
  }
}

TEST(HttpHead, RefusesWhatIsTooLarge) {
  EXPECT_EQ(parse_with("Content-Length: 1048577\r\n").status, 413);
  EXPECT_EQ(parse_with("Content-Length: 99999999999999999999999\r\n").status, 413);
  EXPECT_EQ(parse("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n").status, 414);
  EXPECT_EQ(parse("GET /" + std::string(3000, 'a') + " HTTP/1.1\r\n").status, 414);
  EXPECT_EQ(parse("GET /?" + std::string(3000, 'a') + " HTTP/1.1\r\nHost: h\r\n").status, 0);
  std::string many;
  for (int i = 0; i < 65; ++i) {
    many += "A" + std::to_string(i) + ": b\r\n";
  }
  EXPECT_EQ(parse_with(many).status, 431);
}

TEST(HttpHead, RefusesBrokenLines) {
  for (const std::string& head : std::vector<std::string>{
           "", "GET\r\n", "GET /\r\n", "GET  HTTP/1.1\r\n", "GET x HTTP/1.1\r\n",
           "G(T / HTTP/1.1\r\n", "GET / /b HTTP/1.1\r\n", "GET /\x80 HTTP/1.1\r\n",
           "GET / HTTP/1.1\r\nno colon\r\n", "GET / HTTP/1.1\r\n: x\r\n",
           "GET / HTTP/1.1\r\nA b: x\r\n", "GET / HTTP/1.1\r\nHost : h\r\n",
           "GET / HTTP/1.1\r\nHost: h\r\nA: x\r\n\ty\r\n", "GET / HTTP/1.1\nHost: h\r\n",
           "GET / HTTP/1.1\r\nHost: h\rA: b\r\n", "GET / HTTP/1.1\r\n folded: x\r\n",
           "GET / HTTP/1.1\r\nA: x\ny\r\n", std::string("GET / HTTP/1.1\r\nA: x\0y\r\n", 24),
           "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n"}) {
    EXPECT_EQ(parse(head).status, 400) << head;
  }
  EXPECT_EQ(parse("GET / HTTP/2.0\r\n").status, 505);
  EXPECT_EQ(parse_with("Content-Encoding: gzip\r\n").status, 415);
}

TEST(HttpChunks, JoinsThem) {
  std::string_view bytes = "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\nrest";
  std::string body;
  bool is_done = false;
  EXPECT_FALSE(take_chunks(bytes, {.body_bytes_max = 100}, body, is_done));
  EXPECT_TRUE(is_done);
  EXPECT_EQ(body, "abc0123456789");
  EXPECT_EQ(bytes, "rest");
}

TEST(HttpChunks, WaitForWhatIsNotThereYet) {
  const std::string all = "3\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n";
  std::string pending;
  std::string body;
  bool is_done = false;
  for (const char c : all) {
    EXPECT_FALSE(is_done);
    pending += c;
    std::string_view rest = pending;
    ASSERT_FALSE(take_chunks(rest, {.body_bytes_max = 100}, body, is_done));
    pending = std::string(rest);
  }
  EXPECT_TRUE(is_done);
  EXPECT_EQ(body, "abcde");
}

TEST(HttpChunks, RefuseWhatIsBrokenOrTooLarge) {
  const auto status_of = [](std::string_view bytes) {
    std::string body;
    bool is_done = false;
    const auto refusal = take_chunks(bytes, {.body_bytes_max = 10}, body, is_done);
    return refusal ? refusal->status : 0;
  };
  EXPECT_EQ(status_of("-2\r\nab\r\n"), 400);
  EXPECT_EQ(status_of("x\r\n"), 400);
  EXPECT_EQ(status_of("2;ext=1\r\nab\r\n"), 400);
  EXPECT_EQ(status_of("2\r\nabcd\r\n"), 400);
  EXPECT_EQ(status_of("b\r\n"), 413);
  EXPECT_EQ(status_of("FFFFFFFF\r\n"), 413);
  EXPECT_EQ(status_of("FFFFFFFFF\r\n"), 400);
  EXPECT_EQ(status_of(std::string(100, '0')), 400);
  EXPECT_EQ(status_of("0\r\n" + std::string(5000, 'x')), 400);
  EXPECT_EQ(status_of("0\r\nA: " + std::string(5000, 'x') + "\r\n\r\n"), 400);
  EXPECT_EQ(status_of("0\r\nA: b\nGET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("0\r\nGET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("2 \r\nab\r\n"), 400);
  EXPECT_EQ(status_of("0x2\r\nab\r\n"), 400);
  EXPECT_EQ(status_of("2\nab\r\n"), 400);
}

}  // namespace
}  // namespace dray::server
