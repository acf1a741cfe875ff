#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/wire/frame.h"

namespace dray::link {

/// Bounds of one connection.
struct ConnectionLimits {
  /// Bytes that wait to be sent; over it the connection is closed: the peer does not keep up.
  std::size_t outbox_bytes_max = 64 * 1024 * 1024;
  /// TCP_USER_TIMEOUT: unacknowledged bytes for so long mean that the peer is gone.
  unsigned unacknowledged_ms_max = 10'000;
  /// The longest payload that is taken: what waits for its rest is kept in memory.
  std::size_t payload_bytes_max = wire::kFramePayloadMax;
  /// No whole frame for so long ends the connection. Zero: the peer may be silent for ever.
  std::chrono::milliseconds silence_max{0};
};

/// One TCP connection that carries frames; both ends of the link use it. All calls and all its
/// listener's calls are on the thread of the socket's io_context. Keeps itself alive while an
/// operation is under way.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void received(Connection& from, wire::Frame frame) = 0;
    /// The connection ended by itself. Called once, and not after close().
    virtual void closed(Connection& connection, const std::string& reason) = 0;
  };

  /// `listener` must live until close() or closed().
  static std::shared_ptr<Connection> create(boost::asio::ip::tcp::socket socket,
                                            ConnectionLimits limits, Listener& listener);
  /// Begins to read.
  void start();
  /// Queues whole frames. What is queued while a write is under way leaves in one write.
  void send(std::string frames);
  /// From now on the peer may be silent for so long.
  void allow_silence(std::chrono::milliseconds silence_max);
  /// Ends it without a word to the listener. What is queued may be lost.
  void close();
  /// Bytes not yet handed to the kernel.
  [[nodiscard]] std::size_t outbox_bytes() const { return waiting_.size() + writing_.size(); }

 private:
  Connection(boost::asio::ip::tcp::socket socket, ConnectionLimits limits, Listener& listener);
  void read();
  void take(std::size_t bytes);
  void write();
  void watch();
  void end(const std::string& reason);

  boost::asio::ip::tcp::socket socket_;
  ConnectionLimits limits_;
  Listener* listener_;  ///< None after the end.
  wire::FrameParser parser_;
  std::array<char, 64 * 1024> incoming_;
  std::string writing_;
  std::string waiting_;
  boost::asio::steady_timer silence_;
  std::chrono::steady_clock::time_point heard_at_;
  bool is_overfull_ = false;
};

}  // namespace dray::link
