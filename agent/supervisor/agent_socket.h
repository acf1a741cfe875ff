#pragma once
#include <deque>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "agent/supervisor/protocol.h"
#include "model/error.h"

namespace dray::supervisor {

/// The address of a Unix socket by a short path: `sun_path` holds 107 bytes, data folders may have
/// longer names. Keeps the folder open for as long as it lives.
class SocketPath {
 public:
  explicit SocketPath(const std::string& path);
  SocketPath(const SocketPath&) = delete;
  SocketPath& operator=(const SocketPath&) = delete;
  ~SocketPath();
  [[nodiscard]] boost::asio::local::stream_protocol::endpoint endpoint() const;

 private:
  int folder_ = -1;
  std::string name_;
};

/// The supervisor's end of its socket: one agent at a time; a newer one takes the place of an
/// older. Only processes of our own user or root are heard.
class AgentSocket {
 public:
  struct Listener {
    virtual ~Listener() = default;
    virtual void agent_connected() = 0;
    virtual void agent_disconnected() = 0;
    virtual void heard(ToSupervisor message) = 0;
  };

  AgentSocket(boost::asio::io_context& io, Listener& listener);
  ~AgentSocket();
  AgentSocket(const AgentSocket&) = delete;
  AgentSocket& operator=(const AgentSocket&) = delete;

  Result<void> listen(const std::string& path);
  /// To the agent, if there is one. An agent that does not read 64 MiB is dropped.
  void send(const ToAgent& message);
  void close();

 private:
  class Conversation;
  void accept();
  void accept_later();
  void replace(std::shared_ptr<Conversation> conversation);

  Listener& listener_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
  boost::asio::steady_timer again_;
  std::shared_ptr<Conversation> conversation_;
};

}  // namespace dray::supervisor
