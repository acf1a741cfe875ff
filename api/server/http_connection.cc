#include "api/server/http_connection.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/server/http_server.h"

namespace dray::server {
namespace {

using Clock = std::chrono::steady_clock;

/// How soon a stop is noticed.
constexpr std::chrono::milliseconds kSlice{200};

/// Waits until the socket is ready for `events`; false at the deadline, or when stopped.
bool wait_for(int socket, short events, Clock::time_point deadline,
              const std::atomic<bool>* is_stopping) {
  while (is_stopping == nullptr || !*is_stopping) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) {
      return false;
    }
    pollfd wanted{socket, events, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(std::min(left, kSlice).count()));
    if (ready > 0) {
      return true;
    }
    if (ready < 0 && errno != EINTR) {
      return false;
    }
  }
  return false;
}

}  // namespace

HttpConnection::~HttpConnection() {
  if (socket_ >= 0) {
    ::close(socket_);
  }
}

HttpConnection::HttpConnection(HttpConnection&& other) noexcept
    : requests(other.requests),
      idle_since(other.idle_since),
      is_stopping_(other.is_stopping_),
      socket_(std::exchange(other.socket_, -1)),
      bytes_(std::move(other.bytes_)) {}

HttpConnection& HttpConnection::operator=(HttpConnection&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(bytes_, other.bytes_);
  requests = other.requests;
  idle_since = other.idle_since;
  return *this;
}

bool HttpConnection::read_more(Moment deadline) {
  char piece[16 * 1024];
  while (true) {
    const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
    if (got > 0) {
      bytes_.append(piece, static_cast<std::size_t>(got));
      return true;
    }
    if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
      return false;
    }
    if (!wait_for(socket_, POLLIN, deadline, is_stopping_)) {
      is_timed_out_ = true;
      return false;
    }
  }
}

HttpConnection::Got HttpConnection::read(const HttpSettings& settings, HttpRequest& request,
                                         HttpRefusal& refusal) {
  const Moment deadline = Clock::now() + settings.head_deadline;
  is_timed_out_ = false;
  std::size_t end = std::string::npos;
  while ((end = bytes_.find("\r\n\r\n")) == std::string::npos || end > settings.head_bytes_max) {
    if (bytes_.size() > settings.head_bytes_max) {
      refusal = {431, "The head of the request is too large"};
      return Got::Refusal;
    }
    if (!read_more(deadline)) {
      refusal = {408, "The request did not arrive in time"};
      return is_timed_out_ && !bytes_.empty() ? Got::Refusal : Got::Nothing;
    }
  }
  const HeadLimits limits{.headers_max = settings.headers_max,
                          .target_bytes_max = settings.target_bytes_max,
                          .body_bytes_max = settings.body_bytes_max};
  BodyFrame frame;
  const std::string_view head = std::string_view(bytes_).substr(0, end + 2);
  if (const auto refused = parse_head(head, limits, request, frame)) {
    refusal = *refused;
    return Got::Refusal;
  }
  bytes_.erase(0, end + 4);
  return read_body(settings, frame, request, refusal);
}

HttpConnection::Got HttpConnection::read_body(const HttpSettings& settings, const BodyFrame& frame,
                                              HttpRequest& request, HttpRefusal& refusal) {
  const Moment deadline = Clock::now() + settings.body_deadline;
  const bool has_body = frame.is_chunked || frame.length > bytes_.size();
  if (frame.wants_continue && has_body &&
      !write("HTTP/1.1 100 Continue\r\n\r\n", settings.write_deadline)) {
    return Got::Nothing;
  }
  bool is_done = false;
  while (!is_done) {
    if (frame.is_chunked) {
      std::string_view rest = bytes_;
      if (const auto refused = take_chunks(rest, {.body_bytes_max = settings.body_bytes_max},
                                           request.body, is_done)) {
        refusal = *refused;
        return Got::Refusal;
      }
      bytes_.erase(0, bytes_.size() - rest.size());
    } else if (bytes_.size() >= frame.length) {
      request.body = bytes_.substr(0, frame.length);
      bytes_.erase(0, frame.length);
      is_done = true;
    }
    if (!is_done && !read_more(deadline)) {
      refusal = {408, "The body did not arrive in time"};
      return is_timed_out_ ? Got::Refusal : Got::Nothing;
    }
  }
  return Got::Request;
}

bool HttpConnection::has_more(std::chrono::milliseconds linger) const {
  return !bytes_.empty() || wait_for(socket_, POLLIN, Clock::now() + linger, is_stopping_);
}

bool HttpConnection::write(std::string_view bytes, std::chrono::milliseconds deadline) {
  const Moment end = Clock::now() + deadline;
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    const bool may_wait = sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    if (!may_wait || !wait_for(socket_, POLLOUT, end, nullptr)) {
      return false;
    }
  }
  return true;
}

void HttpConnection::close_politely() {
  constexpr std::size_t kThrownAwayMax = 4 * 1024 * 1024;
  const Moment end = Clock::now() + std::chrono::seconds(1);
  ::shutdown(socket_, SHUT_WR);
  std::size_t thrown_away = 0;
  bytes_.clear();
  while (thrown_away < kThrownAwayMax && read_more(end)) {
    thrown_away += bytes_.size();
    bytes_.clear();
  }
}

}  // namespace dray::server
