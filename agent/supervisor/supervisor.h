#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "agent/core/supervisor_step.h"
#include "agent/supervisor/agent_socket.h"
#include "agent/supervisor/attempt_process.h"
#include "agent/supervisor/containment.h"
#include "agent/supervisor/folders.h"
#include "agent/supervisor/journal.h"

namespace dray::supervisor {

struct SupervisorOptions {
  std::string agent_name;
  std::uint64_t log_bytes_max = kLogBytesMax;
  rlimit files_of_jobs{};         ///< RLIMIT_NOFILE of attempts.
  std::chrono::seconds idle{60};  ///< It leaves after so long without an agent and attempts.
};

/// The supervisor's loop around its core: one thread. What happens becomes events; a batch of them
/// is decided, journalled with one fsync, and only then done.
class Supervisor : public AgentSocket::Listener, public AttemptProcess::Listener {
 public:
  /// All references must outlive it. `journal.found()` is its first event: everything of an earlier
  /// life must be dead.
  Supervisor(boost::asio::io_context& io, const Folders& folders, Containment& containment,
             Journal& journal, Trash& trash, SupervisorOptions options);

  /// Opens the socket and begins.
  Result<void> start();

 private:
  // What happens.
  void agent_connected() override;
  void agent_disconnected() override;
  void heard(ToSupervisor message) override;
  void started(pid_t child, const AttemptKey& key) override { children_of_[child] = key; }
  void ended(const MainExited& event) override { post(event); }
  void emptied(const GroupEmptied& event) override;
  void log_grew(const AttemptKey& key) override;
  void removing(pid_t child, const AttemptKey& key) override { removers_[child] = key; }
  void wait_for_children();
  void reap();

  // The loop.
  void post(Event event);
  void post_batch();
  void run_batch();
  void journal(const Action& action);
  void perform(std::vector<Action> actions);
  void launch_early();
  void drop_stray_plans();
  void flush();
  void flush_later();
  bool sync_later();
  void begin_sync();
  void end_sync(bool is_synced);
  void release();
  void note_written(bool is_written);
  void wake_at(std::optional<Instant> at);
  void leave_if_done();
  [[nodiscard]] bool is_all_done() const {
    return held_.empty() && syncing_.empty() && !is_syncing_;
  }
  void watch_idleness();
  void leave();

  // What is done.
  void act(const Launch& action);
  void act(const Terminate& action);
  void act(const KillGroup& action);
  void act(const DropPlan& action);
  void act(const RemoveLog& action);
  void act(const TellAgent& action);
  void act(const JournalSeen&) {}
  void act(const JournalLaunching&) {}
  void act(const JournalEnded& action);
  void act(const JournalAcknowledged&) {}
  void act(const JournalForgotten&) {}
  void tell_grown_logs();

  struct Plan {
    LaunchPlan plan;
    Resources request;
    AttemptToken token;
  };

  boost::asio::io_context& io_;
  const Folders& folders_;
  Containment& containment_;
  Journal& journal_;
  Trash& trash_;
  Scratch scratch_;
  AttemptHome home_;
  AgentSocket socket_;
  boost::asio::signal_set children_;
  boost::asio::steady_timer wake_;
  boost::asio::steady_timer grown_timer_;
  boost::asio::steady_timer flush_timer_;
  boost::asio::steady_timer sync_timer_;
  boost::asio::steady_timer idle_timer_;
  State state_;
  std::vector<Event> inbox_;
  std::vector<Action> held_;     ///< Decided, and not done before the journal is on disk.
  std::vector<Action> syncing_;  ///< Held, with the journal on its way to the disk.
  bool is_syncing_ = false;
  bool is_sync_due_ = false;
  std::chrono::steady_clock::time_point sync_began_;
  bool is_journal_stuck_ = false;
  bool is_batch_posted_ = false;
  bool is_greeted_ = false;
  bool is_leaving_ = false;
  bool is_idle_ = false;
  bool has_had_agent_ = false;
  std::chrono::seconds idle_;
  std::map<AttemptKey, Plan> plans_;
  std::vector<AttemptKey> fresh_plans_;  ///< Of the starts of this batch.
  std::map<AttemptKey, std::unique_ptr<AttemptProcess>> processes_;
  std::map<pid_t, AttemptKey> children_of_;  ///< Programs of attempts.
  std::map<pid_t, AttemptKey> removers_;     ///< Children that remove an ended attempt's container.
  std::set<AttemptKey> grown_;
  boost::asio::thread_pool syncer_{1};  ///< The last, so that it ends first.
};

}  // namespace dray::supervisor
