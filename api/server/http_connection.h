#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "api/server/http_head.h"
#include "api/server/http_message.h"

namespace dray::server {

struct HttpSettings;

/// One accepted connection: a socket (closed with it) and the bytes that were read too far. Every
/// wait has a deadline for the whole of what it waits for, so that a byte now and then buys no
/// time.
class HttpConnection {
 public:
  /// Takes a socket that does not block. Waiting for more of a request ends when `is_stopping`
  /// becomes true; it must outlive the connection.
  HttpConnection(int socket, const std::atomic<bool>& is_stopping)
      : is_stopping_(&is_stopping), socket_(socket) {}
  ~HttpConnection();
  HttpConnection(HttpConnection&& other) noexcept;
  HttpConnection& operator=(HttpConnection&& other) noexcept;

  enum class Got : std::uint8_t {
    Request,  ///< A whole one.
    Refusal,  ///< To be answered, then the connection is closed.
    Nothing,  ///< Closed by the peer, or broken: close it without an answer.
  };
  Got read(const HttpSettings& settings, HttpRequest& request, HttpRefusal& refusal);
  /// False when not all of it could be written in time.
  bool write(std::string_view bytes, std::chrono::milliseconds deadline);
  /// Lets the peer read the last answer, although it may still be sending: stops writing, and
  /// throws away a little of what comes.
  void close_politely();

  [[nodiscard]] int socket() const { return socket_; }
  /// The next request has begun to arrive, or does within `linger`.
  [[nodiscard]] bool has_more(std::chrono::milliseconds linger) const;

  std::size_t requests = 0;                          ///< Answered so far.
  std::chrono::steady_clock::time_point idle_since;  ///< For whoever keeps idle connections.

 private:
  using Moment = std::chrono::steady_clock::time_point;
  bool read_more(Moment deadline);
  Got read_body(const HttpSettings& settings, const BodyFrame& frame, HttpRequest& request,
                HttpRefusal& refusal);

  const std::atomic<bool>* is_stopping_;
  int socket_ = -1;
  std::string bytes_;
  bool is_timed_out_ = false;
};

}  // namespace dray::server
