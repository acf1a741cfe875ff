#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "agent/core/agent_step.h"
#include "agent/link/log_shipper.h"
#include "agent/link/scheduler_link.h"
#include "agent/runner/runner.h"
#include "agent/sequence_file.h"
#include "agent/supervisor/folders.h"
#include "agent/supervisor_client.h"

namespace dray {

/// The agent's loop around its core: one thread. Link, supervisor and clock make events; a batch of
/// them is decided and done.
class AgentLoop : public SchedulerLink::Listener,
                  public LogShipper::Listener,
                  public SupervisorClient::Listener {
 public:
  struct Place {
    std::string scheduler_host;
    std::uint16_t scheduler_port = 0;
    std::vector<std::string> supervisor_options;
  };

  /// All references must outlive it.
  AgentLoop(boost::asio::io_context& io, const supervisor::Folders& folders, SequenceFile& sequence,
            const Runner& runner, agent::Identity identity, const Place& place);

  void start();
  /// Leaves jobs and supervisor alone.
  void stop();
  /// Ends all jobs and the supervisor, tells the scheduler while it listens, then stops.
  void shut_down();

 private:
  void link_up() override { post(agent::LinkUp{}); }
  void link_down() override { post(agent::LinkDown{}); }
  void heard(SchedulerMessage message) override;
  void log_stored(const AttemptKey& key, std::uint64_t offset, bool complete) override;
  void supervisor_said(supervisor::ToAgent message) override;
  void supervisor_down() override;

  void post(agent::Event event);
  void post_batch();
  void run_batch();
  void wake_at(std::optional<Instant> at);
  void leave_if_done();

  void act(const agent::StoreSequence& action);
  void act(const agent::Say& action);
  void act(const agent::DropLink& action);
  void act(const agent::CallSupervisor& action);
  void act(const agent::TellSupervisor& action);
  void act(const agent::TellStart& action);
  void act(const agent::ShipLog& action);
  void act(const agent::EndLog& action);
  void act(const agent::DropLog& action);
  void act(const agent::Registered& action);
  void act(const agent::Refused& action);

  boost::asio::io_context& io_;
  const supervisor::Folders& folders_;
  SequenceFile& sequence_;
  const Runner& runner_;
  boost::asio::steady_timer wake_;
  boost::asio::steady_timer leave_;
  SupervisorClient supervisor_;
  SchedulerLink link_;
  LogShipper shipper_;
  agent::State state_;
  std::vector<agent::Event> inbox_;
  std::string refusal_;  ///< Said last, for as long as it stands.
  bool is_batch_posted_ = false;
  bool is_ready_ = false;
  bool is_leaving_ = false;
  bool is_supervisor_gone_ = false;
};

}  // namespace dray
