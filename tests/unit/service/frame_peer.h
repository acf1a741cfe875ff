#pragma once
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "api/wire/link_codec.h"

namespace dray {

/// The other end of a link in tests: a blocking socket that speaks frames. Every wait ends after
/// 20 seconds.
class FramePeer {
 public:
  explicit FramePeer(std::uint16_t port) : socket_(io_) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    const timeval wait{20, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  }
  template <class Message>
  void say(const Message& message) {
    say_bytes(wire::encode(message));
  }
  void say_bytes(const std::string& bytes) {
    boost::system::error_code ignored;
    boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
  }
  /// The next frame; nothing when the connection ended.
  std::optional<wire::Frame> hear() {
    while (true) {
      if (auto frame = parser_.next()) {
        return frame;
      }
      char bytes[4096];
      const ssize_t got = ::recv(socket_.native_handle(), bytes, sizeof bytes, 0);
      if (got <= 0) {
        return std::nullopt;
      }
      parser_.feed({bytes, static_cast<std::size_t>(got)});
    }
  }
  /// The next message of that kind; others are passed over.
  template <class Message>
  Message expect() {
    while (auto frame = hear()) {
      const auto message = wire::decode_scheduler_message(*frame);
      if (message && std::holds_alternative<Message>(*message)) {
        return std::get<Message>(*message);
      }
    }
    ADD_FAILURE() << "the connection ended";
    return {};
  }
  [[nodiscard]] bool has_ended() { return !hear(); }
  void close() { socket_.close(); }

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
  wire::FrameParser parser_;
};

}  // namespace dray
