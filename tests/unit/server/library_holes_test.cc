#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <httplib.h>

#include "tests/unit/server/door_under_test.h"

/// What is known of cpp-httplib 0.11.4 and reaches a server: each hole is shown open in the bare
/// library, by the very bytes that the gate refuses or makes harmless. Slow clients and floods:
/// tests/e2e/test_gate.py.
namespace dray::server {
namespace {

class Bytes : public httplib::Stream {
 public:
  explicit Bytes(std::string in) : in_(std::move(in)) {}
  bool is_readable() const override { return at < in_.size(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override {
    const std::size_t count = std::min(size, in_.size() - at);
    std::memcpy(to, in_.data() + at, count);
    at += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, size_t size) override {
    out.append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = "127.0.0.1";
    port = 1;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    get_remote_ip_and_port(ip, port);
  }
  socket_t socket() const override { return INVALID_SOCKET; }
  std::string out;
  std::size_t at = 0;  ///< What the library has taken.

 private:
  std::string in_;
};

/// The library as its manual shows it, with the payload limit that it offers.
class BareLibrary : public httplib::Server {
 public:
  BareLibrary() {
    set_payload_max_length(1024 * 1024);
    const auto tell = [](const httplib::Request& request, httplib::Response& answer) {
      answer.set_content("peer=" + request.get_header_value("REMOTE_ADDR") +
                             " a=" + request.get_header_value("X-Amz-Target") +
                             " body=" + std::to_string(request.body.size()),
                         "text/plain");
    };
    Get("/throws", [](const auto&, auto&) { throw std::runtime_error("secret"); });
    Get("/.*", tell);
    Post("/.*", tell);
  }
  std::string answer(const std::string& bytes) {
    Bytes stream(bytes);
    bool is_closed = false;
    process_request(stream, true, is_closed, [](httplib::Request& request) {
      // As its own sockets do it.
      request.set_header("REMOTE_ADDR", "127.0.0.1");
    });
    return stream.out + "\nread=" + std::to_string(stream.at);
  }
};

struct Hole {
  std::string name;
  std::string bytes;
  std::string bare_shows;  ///< What in the bare library's answer gives it away.
  std::string gate_begins_with;
};

std::string chunks(std::size_t count, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += "10000\r\n" + std::string(size, 'a') + "\r\n";
  }
  return text + "0\r\n\r\n";
}

std::string many_headers() {
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    text += "A" + std::to_string(i) + ": b\r\n";
  }
  return text;
}

std::vector<Hole> holes() {
  const std::string get = "GET /livez HTTP/1.1\r\nHost: localhost\r\n";
  const std::string post = "POST /v1/listjobs HTTP/1.1\r\nHost: localhost\r\n";
  const std::string ok = "HTTP/1.1 200";
  const std::string line = get + "A: " + std::string(1024 * 1024, 'a') + "\r\n";
  return {
      {"CVE-2025-46728, a chunked body ignores the limit",
       post + "Transfer-Encoding: chunked\r\n\r\n" + chunks(80, 0x10000), "body=5242880",
       "HTTP/1.1 413"},
      {"CVE-2025-53628, a line of any length is read before it is refused", line,
       "read=" + std::to_string(line.size()), "HTTP/1.1 431"},
      {"CVE-2025-52887, headers of any number", get + many_headers() + "\r\n", ok, "HTTP/1.1 431"},
      {"CVE-2025-66570, a client names its own address", get + "REMOTE_ADDR: 6.6.6.6\r\n\r\n",
       "peer=6.6.6.6", ok},
      {"CVE-2026-45372, percent signs become line ends",
       get + "X-Amz-Target: a%0d%0aInjected: 1\r\n\r\n", "a=a\r\nInjected", ok},
      {"two lengths", post + "Content-Length: 0\r\nContent-Length: 2\r\n\r\n{}", ok,
       "HTTP/1.1 400"},
      {"a length beside chunks",
       post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ok,
       "HTTP/1.1 400"},
      {"a length that is none", post + "Content-Length: abc\r\n\r\n", ok, "HTTP/1.1 400"},
      {"a NUL in the path", "GET /a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n", ok, "HTTP/1.1 400"},
  };
}

class LibraryHoles : public DoorUnderTest {};

TEST_F(LibraryHoles, AreClosedByTheGate) {
  start({});
  for (const Hole& hole : holes()) {
    if (std::string(CPPHTTPLIB_VERSION) == "0.11.4") {
      const std::string bare = BareLibrary().answer(hole.bytes);
      EXPECT_NE(bare.find(hole.bare_shows), std::string::npos)
          << hole.name << ": the test shows nothing; the bare library said " << bare.substr(0, 200);
    }
    const Peer peer(port);
    peer.send(hole.bytes);
    const std::string gated = peer.read("\r\n\r\n");
    EXPECT_TRUE(gated.starts_with(hole.gate_begins_with)) << hole.name << ": " << gated;
    EXPECT_EQ(gated.find("Injected"), std::string::npos) << hole.name;
  }
}

/// CVE-2026-28434. A room that throws answers 500 and tells nothing.
TEST_F(LibraryHoles, TellNoExceptions) {
  if (std::string(CPPHTTPLIB_VERSION) == "0.11.4") {
    const std::string bare = BareLibrary().answer("GET /throws HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_NE(bare.find("EXCEPTION_WHAT: secret"), std::string::npos) << bare;
  }
  backend.throws = true;
  start({});
  const std::string text = answer(
      "POST /v1/describejobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
      "Content-Length: 49\r\n\r\n{\"jobs\":[\"4c7599ae-0a82-49aa-ba5a-4727fcce14a8\"]}");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 500")) << text;
  EXPECT_EQ(text.find("EXCEPTION"), std::string::npos);
  EXPECT_EQ(text.find("secret"), std::string::npos);
}

/// CVE-2026-34441: what the first request leaves unread is the next request to the bare library.
TEST_F(LibraryHoles, LeaveNoBodyToBeTheNextRequest) {
  start({});
  const std::string hidden = "GET /nonsense HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string text = answer(
      "GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(hidden.size()) +
      "\r\n\r\n" + hidden +
      "GET /version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(text.find("HTTP/1.1 404"), std::string::npos) << text;
  EXPECT_NE(text.find("\"version\""), std::string::npos) << text;
}

}  // namespace
}  // namespace dray::server
