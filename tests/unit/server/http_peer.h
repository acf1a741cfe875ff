#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace dray::server {

/// A client's end of a connection to the server under test.
class Peer {
 public:
  explicit Peer(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Peer() { ::close(socket_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// False when the server has closed before all of it was taken.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  [[nodiscard]] int socket() const { return socket_; }
  /// Everything up to the server's close, or up to `end`.
  std::string read(const std::string& end = "") const {
    std::string text;
    while (end.empty() || text.find(end) == std::string::npos) {
      pollfd wanted{socket_, POLLIN, 0};
      char bytes[4096];
      const ssize_t got =
          ::poll(&wanted, 1, 30'000) == 1 ? ::recv(socket_, bytes, sizeof bytes, 0) : -1;
      if (got <= 0) {
        break;
      }
      text.append(bytes, static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  int socket_;
};

}  // namespace dray::server
