#include "api/server/http_server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/server/browser_guard.h"
#include "api/server/dispatcher.h"
#include "api/server/http_connection.h"
#include "api/server/http_errors.h"
#include "api/server/operation_names.h"
#include "api/server/routes.h"

namespace dray::server {
namespace {

using Clock = std::chrono::steady_clock;

/// A client in the middle of its work asks again at once: giving its connection back first would
/// cost two changes of thread for each request.
constexpr std::chrono::milliseconds kLinger{2};

/// A file descriptor that is closed with its holder.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  ~Descriptor() { reset(-1); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return value_; }
  void reset(int value) {
    if (value_ >= 0) {
      ::close(value_);
    }
    value_ = value;
  }

 private:
  int value_;
};

Result<std::uint16_t> cannot_listen(const HttpSettings& settings, const char* why) {
  return refuse(ErrorCode::Unavailable, "cannot listen on " + settings.host + ':' +
                                            std::to_string(settings.port) + ": " + why);
}

/// "HTTP/1.1 200 OK..." -> 200.
int status_of(std::string_view answer) {
  int status = 0;
  const std::string_view digits = answer.substr(std::min<std::size_t>(answer.size(), 9), 3);
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  return status;
}

std::uint16_t port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  const auto port = address.ss_family == AF_INET6
                        ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                        : reinterpret_cast<const sockaddr_in&>(address).sin_port;
  return ntohs(port);
}

}  // namespace

/// One thread (run's) accepts and keeps the connections on which nothing is going on; the others
/// each read, answer and give back one connection at a time. So an idle connection costs no thread.
class HttpServer::Listener {
 public:
  Listener(api::Backend& backend, HttpSettings settings)
      : backend_(backend),
        settings_(std::move(settings)),
        guard_(settings_.host, settings_.host_names),
        routes_(backend, {settings_.region, settings_.account},
                {settings_.version, settings_.commit}, settings_.web_dir),
        streams_(backend, settings_.streams),
        dispatcher_(routes_, settings_.idle_deadline, settings_.requests_per_connection_max),
        wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    routes_.count_streams([this] { return streams_.open(); });
  }

  Result<std::uint16_t> bind();
  void run();
  [[nodiscard]] std::size_t streams_open() const { return streams_.open(); }
  void stop() {
    is_stopping_ = true;
    streams_.stop();
    wake();
  }

 private:
  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
  }
  void watch(int descriptor) const {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLRDHUP;
    event.data.fd = descriptor;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
  }
  void accept_all();
  void keep_idle(HttpConnection connection);
  void take_back();
  void close_idle_ones();
  void hand_over(int socket);
  void turn_away(HttpConnection connection) const;
  void work();
  bool turn_down(HttpConnection& connection, const HttpResponse& response) const;
  void serve_download(HttpConnection& connection, const HttpRequest& request) const;
  bool serve(HttpConnection& connection);

  api::Backend& backend_;
  const HttpSettings settings_;
  const BrowserGuard guard_;
  Routes routes_;
  EventStreams streams_;
  const Dispatcher dispatcher_;
  Descriptor listening_;
  Descriptor wake_;
  Descriptor epoll_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<std::size_t> open_ = 0;  ///< Connections, idle or not.

  std::map<int, HttpConnection> idle_;  ///< By socket; run's thread only.

  std::mutex mutex_;  ///< Guards what follows.
  std::condition_variable work_there_is_;
  std::deque<HttpConnection> ready_;
  std::vector<HttpConnection> returned_;
  bool is_closing_ = false;
};

Result<std::uint16_t> HttpServer::Listener::bind() {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(settings_.port);
  if (::getaddrinfo(settings_.host.c_str(), port.c_str(), &hints, &found) != 0) {
    return cannot_listen(settings_, "there is no such address");
  }
  listening_.reset(
      ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, found->ai_protocol));
  const int yes = 1;
  ::setsockopt(listening_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool is_bound = ::bind(listening_.get(), found->ai_addr, found->ai_addrlen) == 0 &&
                        ::listen(listening_.get(), 4096) == 0;
  const int error = errno;
  ::freeaddrinfo(found);
  if (!is_bound) {
    listening_.reset(-1);
    return cannot_listen(settings_, std::strerror(error));
  }
  watch(listening_.get());
  watch(wake_.get());
  return port_of(listening_.get());
}

void HttpServer::Listener::run() {
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < settings_.threads; ++i) {
    threads.emplace_back([this] { work(); });
  }
  std::thread streams([this] { streams_.run(); });
  while (!is_stopping_) {
    std::array<epoll_event, 64> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 1000);
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == listening_.get()) {
        accept_all();
      } else if (descriptor == wake_.get()) {
        take_back();
      } else {
        hand_over(descriptor);
      }
    }
    close_idle_ones();
  }
  listening_.reset(-1);
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  work_there_is_.notify_all();
  for (std::thread& thread : threads) {
    thread.join();
  }
  streams.join();
  idle_.clear();
  returned_.clear();
}

void HttpServer::Listener::accept_all() {
  while (true) {
    const int socket = ::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
      return;
    }
    HttpConnection connection(socket, is_stopping_);
    if (open_ >= settings_.connections_max) {
      turn_away(std::move(connection));
      continue;
    }
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ++open_;
    keep_idle(std::move(connection));
  }
}

void HttpServer::Listener::keep_idle(HttpConnection connection) {
  const int socket = connection.socket();
  connection.idle_since = Clock::now();
  idle_.emplace(socket, std::move(connection));
  watch(socket);
}

void HttpServer::Listener::take_back() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(wake_.get(), &count, sizeof count);
  std::vector<HttpConnection> returned;
  {
    const std::lock_guard lock(mutex_);
    returned.swap(returned_);
  }
  for (HttpConnection& connection : returned) {
    keep_idle(std::move(connection));
  }
}

void HttpServer::Listener::close_idle_ones() {
  const Clock::time_point oldest = Clock::now() - settings_.idle_deadline;
  for (auto connection = idle_.begin(); connection != idle_.end();) {
    if (connection->second.idle_since < oldest) {
      connection = idle_.erase(connection);
      --open_;
    } else {
      ++connection;
    }
  }
}

void HttpServer::Listener::hand_over(int socket) {
  const auto found = idle_.find(socket);
  if (found == idle_.end()) {
    return;
  }
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
  HttpConnection connection = std::move(found->second);
  idle_.erase(found);
  {
    const std::lock_guard lock(mutex_);
    if (ready_.size() < settings_.requests_waiting_max) {
      ready_.push_back(std::move(connection));
      work_there_is_.notify_one();
      return;
    }
  }
  --open_;
  turn_away(std::move(connection));
}

void HttpServer::Listener::turn_away(HttpConnection connection) const {
  const HttpResponse response =
      error_response(Dialect::Batch, {ErrorCode::Unavailable, "Too many requests at once"});
  connection.write(Dispatcher::last_words(response), std::chrono::milliseconds(0));
}

void HttpServer::Listener::work() {
  while (true) {
    std::optional<HttpConnection> connection;
    {
      std::unique_lock lock(mutex_);
      work_there_is_.wait(lock, [this] { return is_closing_ || !ready_.empty(); });
      if (is_closing_) {
        return;
      }
      connection.emplace(std::move(ready_.front()));
      ready_.pop_front();
    }
    if (!serve(*connection)) {
      --open_;
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      returned_.push_back(std::move(*connection));
    }
    wake();
  }
}

/// Says why not, and says that the connection is to be closed.
bool HttpServer::Listener::turn_down(HttpConnection& connection,
                                     const HttpResponse& response) const {
  connection.write(Dispatcher::last_words(response), settings_.write_deadline);
  connection.close_politely();
  return false;
}

/// Piece by piece, so that a log of any size takes little room. One that breaks off in the middle
/// has no end that its reader could take for one.
void HttpServer::Listener::serve_download(HttpConnection& connection,
                                          const HttpRequest& request) const {
  const HttpResponse response = routes_.answer(request);
  if (!response.more) {
    turn_down(connection, response);
    return;
  }
  bool is_written = connection.write(Dispatcher::chunked_head(response), settings_.write_deadline);
  while (is_written && !is_stopping_) {
    const Result<std::string> piece = response.more();
    if (!piece) {
      return;
    }
    std::array<char, 32> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", piece->size());
    is_written = connection.write(size.data() + *piece + "\r\n", settings_.write_deadline);
    if (piece->empty()) {
      return;
    }
  }
}

/// Answers what has arrived; false when the connection is to be closed.
bool HttpServer::Listener::serve(HttpConnection& connection) {
  do {
    HttpRequest request;
    HttpRefusal refusal;
    const HttpConnection::Got got = connection.read(settings_, request, refusal);
    if (got == HttpConnection::Got::Nothing) {
      return false;
    }
    if (got == HttpConnection::Got::Refusal) {
      return turn_down(connection,
                       refusal_response(refusal.status, "ClientException", refusal.reason));
    }
    if (const std::optional<HttpResponse> refused = guard_.refuse(request)) {
      return turn_down(connection, *refused);
    }
    if (EventStreams::is_asked(request)) {
      // A stream is not one of the connections that wait for threads.
      return !streams_.take(connection, request) &&
             turn_down(connection, error_response(Dialect::Dray, {ErrorCode::Unavailable,
                                                                  "Too many event streams"}));
    }
    if (Routes::is_download(request)) {
      serve_download(connection, request);
      return false;
    }
    const Clock::time_point begin = Clock::now();
    ++connection.requests;
    const bool keeps_alive = request.keeps_alive && !is_stopping_ &&
                             connection.requests < settings_.requests_per_connection_max;
    const std::string answer = dispatcher_.answer(request, keeps_alive);
    const bool is_written = connection.write(answer, settings_.write_deadline);
    backend_.note_request(operation_name(request), status_of(answer),
                          std::chrono::duration_cast<Duration>(Clock::now() - begin));
    if (!is_written || !keeps_alive) {
      return false;
    }
  } while (connection.has_more(kLinger));
  return true;
}

HttpServer::HttpServer(api::Backend& backend, HttpSettings settings)
    : listener_(std::make_unique<Listener>(backend, std::move(settings))) {}

HttpServer::~HttpServer() {
  stop();
}

Result<std::uint16_t> HttpServer::bind() {
  return listener_->bind();
}
void HttpServer::run() {
  listener_->run();
}
std::size_t HttpServer::streams_open() const {
  return listener_->streams_open();
}
void HttpServer::stop() {
  listener_->stop();
}

}  // namespace dray::server
