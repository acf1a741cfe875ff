#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <boost/asio/ip/tcp.hpp>

#include "api/server/gate/server_tls.h"

namespace dray::server {

/// The bytes of one accepted connection, plain or in TLS. Nothing here blocks, and nothing is kept
/// for a connection on which nothing goes on: Asio tells when the socket is ready, then it is read
/// or written directly. SIGPIPE must be ignored or blocked.
class Channel {
 public:
  enum class Step : std::uint8_t { Done, WantsRead, WantsWrite, Ended };

  /// Plain when `tls` is null.
  Channel(boost::asio::ip::tcp::socket socket, const ServerTls* tls);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] bool is_tls() const { return tls_ != nullptr; }
  /// About what a handshake holds in memory, once it has begun.
  static constexpr std::size_t kHandshakeBytes = 64 * 1024;
  [[nodiscard]] bool has_begun_handshake() const { return session_ != nullptr; }
  /// Done at once without TLS.
  Step handshake();
  Step read(std::span<char> to, std::size_t& got);
  Step write(std::string_view bytes, std::size_t& sent);
  /// Calls `then` when the socket is ready, or closed.
  template <class Then>
  void wait(boost::asio::ip::tcp::socket::wait_type what, Then then) {
    socket_.async_wait(what,
                       [then = std::move(then)](const auto& /*reading tells more*/) { then(); });
  }
  /// Nothing more will be written.
  void finish();
  void close();

 private:
  Step begin_session();
  Step after_tls(int result);

  boost::asio::ip::tcp::socket socket_;
  const ServerTls* tls_;
  ssl_st* session_ = nullptr;  ///< From the client's first byte on.
  bool is_broken_ = false;     ///< A TLS session must not be used after an error.
  bool is_closed_ = false;     ///< Nor its socket's number, which may be another's by now.
};

}  // namespace dray::server
