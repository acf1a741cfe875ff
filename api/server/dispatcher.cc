#include "api/server/dispatcher.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <ctime>

#include <httplib.h>

#include "api/server/http_errors.h"

namespace dray::server {
namespace {

/// A connection that is a piece of memory: what is read is the request, what is written the answer.
class MemoryStream : public httplib::Stream {
 public:
  explicit MemoryStream(std::string request) : request_(std::move(request)) {}
  bool is_readable() const override { return place_ < request_.size(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override {
    const std::size_t count = std::min(size, request_.size() - place_);
    std::memcpy(to, request_.data() + place_, count);
    place_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, size_t size) override {
    answer_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = "127.0.0.1";
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip = "127.0.0.1";
    port = 0;
  }
  socket_t socket() const override { return INVALID_SOCKET; }
  std::string take_answer() { return std::move(answer_); }

 private:
  std::string request_;
  std::size_t place_ = 0;
  std::string answer_;
};

/// Headers that routes look at. None reaches the library under its own name: it acts on many of
/// them (ranges, codings, forms).
constexpr std::array<std::string_view, 5> kPassedOn{
    "authorization", "x-amz-target", "amz-sdk-invocation-id", "accept-encoding", "if-none-match"};
constexpr std::string_view kPrefix = "dray-";

std::string as_text(const HttpRequest& request) {
  std::string text = request.method + ' ' + request.target + " HTTP/1.1\r\nHost: dray\r\n";
  for (const std::string_view name : kPassedOn) {
    const std::string value = request.header(std::string(name));
    // A percent sign would be read as an encoding; none of these has a use for one.
    if (!value.empty() && value.find('%') == std::string::npos) {
      text += std::string(kPrefix) + std::string(name) + ": " + value + "\r\n";
    }
  }
  text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
  return text;
}

/// What the thread's library is answering right now: what the door knows of a request does not go
/// through the library, as a header that a client might send.
thread_local const HttpRequest* the_request = nullptr;

HttpRequest as_request(const httplib::Request& given) {
  HttpRequest request;
  request.request_id = the_request->request_id;
  request.caller = the_request->caller;
  request.method = given.method;
  request.target = given.target;
  request.body = given.body;
  for (const std::string_view name : kPassedOn) {
    request.headers.emplace(name, given.get_header_value(std::string(kPrefix) + std::string(name)));
  }
  return request;
}

std::string date_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 64> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

}  // namespace

class Dispatcher::Library : public httplib::Server {
 public:
  Library(const Routes& routes, std::chrono::milliseconds idle_deadline,
          std::size_t requests_per_connection_max) {
    const auto handler = [&routes](const httplib::Request& given, httplib::Response& answer) {
      const HttpResponse response = routes.answer(as_request(given));
      answer.status = response.status;
      for (const auto& [name, value] : response.headers) {
        answer.set_header(name, value);
      }
      answer.set_header("Date", date_now());
      answer.set_content(response.body, response.content_type);
    };
    // One pattern: paths are taken apart by the routes, which know no regular expressions.
    Get("/.*", handler);
    Post("/.*", handler);
    Put("/.*", handler);
    Delete("/.*", handler);
    set_payload_max_length(64 * 1024 * 1024);  // The connection's bound is the one that counts.
    set_keep_alive_timeout(std::chrono::duration_cast<std::chrono::seconds>(idle_deadline).count());
    set_keep_alive_max_count(requests_per_connection_max);
    set_exception_handler([](const auto&, httplib::Response& answer, const std::exception_ptr&) {
      answer.status = 500;
    });
    set_error_handler([](const httplib::Request&, httplib::Response& answer) {
      if (answer.body.empty()) {
        const HttpResponse response =
            refusal_response(answer.status, "ClientException", "The request is broken");
        answer.set_header("Date", date_now());
        answer.set_content(response.body, response.content_type);
      }
    });
  }

  std::string dispatch(const HttpRequest& request, bool keeps_alive) {
    the_request = &request;
    MemoryStream stream(as_text(request));
    bool is_closed = false;
    process_request(stream, !keeps_alive, is_closed, nullptr);
    return stream.take_answer();
  }
};

Dispatcher::Dispatcher(const Routes& routes, std::chrono::milliseconds idle_deadline,
                       std::size_t requests_per_connection_max)
    : library_(std::make_unique<Library>(routes, idle_deadline, requests_per_connection_max)) {}

Dispatcher::~Dispatcher() = default;

std::string Dispatcher::answer(const HttpRequest& request, bool keeps_alive) const {
  return library_->dispatch(request, keeps_alive);
}

namespace {

std::string head_of(const HttpResponse& response, std::string_view word, bool keeps_alive) {
  std::string text =
      "HTTP/1.1 " + std::to_string(response.status) + ' ' + std::string(word) + "\r\n";
  for (const auto& [name, value] : response.headers) {
    text += name + ": " + value + "\r\n";
  }
  text += "Date: " + date_now() + "\r\nContent-Type: " + response.content_type + "\r\n";
  return keeps_alive ? text : text + "Connection: close\r\n";
}

}  // namespace

std::string Dispatcher::own_answer(const HttpResponse& response, bool keeps_alive,
                                   bool is_for_head) {
  return head_of(response, "Refused", keeps_alive) +
         "Content-Length: " + std::to_string(response.body.size()) + "\r\n\r\n" +
         (is_for_head ? "" : response.body);
}

std::string Dispatcher::last_words(const HttpResponse& response) {
  return own_answer(response, false, false);
}

std::string Dispatcher::chunked_head(const HttpResponse& response) {
  return head_of(response, "OK", false) + "Transfer-Encoding: chunked\r\n\r\n";
}

std::string Dispatcher::chunk(std::string_view bytes) {
  std::array<char, 32> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return size.data() + std::string(bytes) + "\r\n";
}

}  // namespace dray::server
