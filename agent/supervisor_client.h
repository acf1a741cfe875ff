#pragma once
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "agent/supervisor/folders.h"
#include "agent/supervisor/protocol.h"

namespace dray {

/// The agent's end of its supervisor's socket. Finds the supervisor of the data folder, or starts
/// one: beside our own program, in a session of its own, child of nobody, so that it outlives us.
/// Everything is on the io_context's one thread.
class SupervisorClient {
 public:
  struct Listener {
    virtual ~Listener() = default;
    /// The first message of a connection is the Greeting.
    virtual void supervisor_said(supervisor::ToAgent message) = 0;
    /// The connection broke.
    virtual void supervisor_down() = 0;
  };

  /// `options` are passed on to a supervisor that is started.
  SupervisorClient(boost::asio::io_context& io, const supervisor::Folders& folders,
                   std::string agent_name, std::vector<std::string> options, Listener& listener);
  ~SupervisorClient();
  SupervisorClient(const SupervisorClient&) = delete;
  SupervisorClient& operator=(const SupervisorClient&) = delete;

  /// Connects; tries until it succeeds, starting a supervisor when none answers.
  void call();
  /// Dropped when not connected.
  void send(const supervisor::ToSupervisor& message);
  void stop();

 private:
  class Conversation;
  void try_once();
  void start_supervisor();

  boost::asio::io_context& io_;
  const supervisor::Folders& folders_;
  std::string agent_name_;
  std::vector<std::string> options_;
  Listener& listener_;
  boost::asio::steady_timer again_;
  int tries_ = 0;
  bool is_stopped_ = false;
  std::shared_ptr<Conversation> conversation_;
};

/// Starts dray-supervisor as a daemon; false when it could not be forked.
bool start_supervisor_daemon(const std::vector<std::string>& arguments, const std::string& log);

}  // namespace dray
