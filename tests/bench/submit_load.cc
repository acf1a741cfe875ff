// submit_load: SubmitJob (or another) over HTTP on many kept connections at once; one line of JSON
// out.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "api/auth/sign.h"

namespace dray::bench {
namespace {

using boost::asio::ip::tcp;
using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "submit_load: %s\n", why.c_str());
  std::exit(1);
}

/// What all connections share: requests that are left, and how long the answered ones took.
struct Load {
  std::string path;
  std::string body;
  auth::Credentials credentials;
  bool names_invocations = false;
  std::size_t left = 0;
  std::vector<double> latencies_ms;
};

/// Signed anew, as a client's next request is.
std::string request_of(const Load& load) {
  std::string text = "POST " + load.path +
                     " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                     "Content-Length: " +
                     std::to_string(load.body.size()) + "\r\n";
  if (load.names_invocations) {
    text += "amz-sdk-invocation-id: load-" + std::to_string(load.left) + "\r\n";
  }
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const auth::ToSign to_sign{"POST", load.path, "localhost", "application/json", load.body};
  for (const auto& [name, value] : auth::sign(to_sign, load.credentials, WallTime{now.count()})) {
    text += name + ": " + value + "\r\n";
  }
  return text + "\r\n" + load.body;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// One connection: a request, its whole answer, the next request.
class Client : public std::enable_shared_from_this<Client> {
 public:
  Client(boost::asio::io_context& io, Load& load) : socket_(io), load_(load) {}

  void start(const tcp::endpoint& where) {
    socket_.connect(where);
    socket_.set_option(tcp::no_delay(true));
    ask();
  }

 private:
  void ask() {
    if (load_.left == 0) {
      return;
    }
    --load_.left;
    request_ = request_of(load_);
    asked_at_ = Clock::now();
    boost::asio::async_write(
        socket_, boost::asio::buffer(request_),
        [self = shared_from_this()](const boost::system::error_code& failure, std::size_t) {
          if (failure) {
            fail(failure.message());
          }
          self->read_head();
        });
  }

  void read_head() {
    boost::asio::async_read_until(
        socket_, boost::asio::dynamic_buffer(incoming_), "\r\n\r\n",
        [self = shared_from_this()](const boost::system::error_code& failure, std::size_t head) {
          if (failure) {
            fail(failure.message());
          }
          self->read_body(head);
        });
  }

  void read_body(std::size_t head) {
    if (!incoming_.starts_with("HTTP/1.1 200 ")) {
      fail(incoming_);
    }
    const std::size_t at = incoming_.find("Content-Length: ");
    if (at == std::string::npos || at > head) {
      fail("an answer without a length");
    }
    const std::size_t whole = head + std::stoul(incoming_.substr(at + 16, 20));
    const std::size_t missing = whole - std::min(whole, incoming_.size());
    boost::asio::async_read(
        socket_, boost::asio::dynamic_buffer(incoming_), boost::asio::transfer_exactly(missing),
        [self = shared_from_this()](const boost::system::error_code& failure, std::size_t) {
          if (failure) {
            fail(failure.message());
          }
          self->answered();
        });
  }

  void answered() {
    incoming_.clear();
    const std::chrono::duration<double, std::milli> took = Clock::now() - asked_at_;
    load_.latencies_ms.push_back(took.count());
    ask();
  }

  tcp::socket socket_;
  Load& load_;
  std::string request_;
  std::string incoming_;
  Clock::time_point asked_at_;
};

int run(int argc, char** argv) {
  CLI::App app{"submit_load: submits the same job again and again, on many connections."};
  std::uint16_t port = 0;
  std::size_t count = 10'000;
  std::size_t connections = 32;
  std::string body;
  std::string path = "/v1/submitjob";
  bool names_invocations = false;
  app.add_option("--port", port, "Of the REST API on 127.0.0.1")->required();
  app.add_option("--count", count, "How many jobs");
  app.add_option("--connections", connections, "How many at once");
  app.add_option("--body", body, "The request's JSON")->required();
  app.add_option("--path", path, "Another operation than SubmitJob");
  app.add_flag("--invocations", names_invocations, "Name each, as AWS's SDKs do");
  CLI11_PARSE(app, argc, argv);

  boost::asio::io_context io{1};
  Load load{.path = path,
            .body = body,
            .credentials = {variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), "",
                            "us-east-1"},
            .names_invocations = names_invocations,
            .left = count,
            .latencies_ms = {}};
  load.latencies_ms.reserve(count);
  const tcp::endpoint where(boost::asio::ip::address_v4::loopback(), port);
  const Clock::time_point begin = Clock::now();
  for (std::size_t i = 0; i < connections; ++i) {
    std::make_shared<Client>(io, load)->start(where);
  }
  io.run();
  const std::chrono::duration<double> took = Clock::now() - begin;
  std::sort(load.latencies_ms.begin(), load.latencies_ms.end());
  const auto part = [&load](std::size_t percent) {
    return load.latencies_ms[(load.latencies_ms.size() - 1) * percent / 100];
  };
  std::printf("{\"answered\": %zu, \"seconds\": %.6f, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
              load.latencies_ms.size(), took.count(), part(50), part(99));
  return load.latencies_ms.size() == count ? 0 : 1;
}

}  // namespace
}  // namespace dray::bench

int main(int argc, char** argv) {
  return dray::bench::run(argc, argv);
}
