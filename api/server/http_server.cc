#include "api/server/http_server.h"

#include <atomic>
#include <condition_variable>
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

#include "api/server/dispatcher.h"
#include "api/server/http_connection.h"
#include "api/server/http_errors.h"
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
      : settings_(std::move(settings)),
        routes_(backend, {settings_.region, settings_.account}, settings_.version),
        dispatcher_(routes_, settings_.idle_deadline, settings_.requests_per_connection_max),
        wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

  Result<std::uint16_t> bind();
  void run();
  void stop() {
    is_stopping_ = true;
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
  bool serve(HttpConnection& connection) const;

  const HttpSettings settings_;
  const Routes routes_;
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

/// Answers what has arrived; false when the connection is to be closed.
bool HttpServer::Listener::serve(HttpConnection& connection) const {
  do {
    HttpRequest request;
    HttpRefusal refusal;
    const HttpConnection::Got got = connection.read(settings_, request, refusal);
    if (got == HttpConnection::Got::Nothing) {
      return false;
    }
    if (got == HttpConnection::Got::Refusal) {
      const HttpResponse response =
          refusal_response(refusal.status, "ClientException", refusal.reason);
      connection.write(Dispatcher::last_words(response), settings_.write_deadline);
      connection.close_politely();
      return false;
    }
    ++connection.requests;
    const bool keeps_alive = request.keeps_alive && !is_stopping_ &&
                             connection.requests < settings_.requests_per_connection_max;
    if (!connection.write(dispatcher_.answer(request, keeps_alive), settings_.write_deadline) ||
        !keeps_alive) {
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
void HttpServer::stop() {
  listener_->stop();
}

}  // namespace dray::server
