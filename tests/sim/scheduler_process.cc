#include "tests/sim/scheduler_process.h"

#include <algorithm>
#include <set>
#include <utility>

#include "api/wire/link_codec.h"
#include "model/names.h"
#include "scheduler/core/fingerprint.h"
#include "scheduler/core/invariants.h"
#include "scheduler/core/recovery.h"
#include "scheduler/core/soundness.h"

namespace dray::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kBatchMax = 64;

/// The lines that only one of the texts has.
std::string difference(const std::string& stored, const std::string& believed) {
  const auto lines = [](const std::string& text) {
    std::multiset<std::string> found;
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      found.insert(text.substr(at, end - at));
      at = end + 1;
    }
    return found;
  };
  const auto left = lines(stored);
  const auto right = lines(believed);
  std::string text;
  for (const std::string& line : left) {
    text += right.contains(line) ? "" : "\n  stored    " + line;
  }
  for (const std::string& line : right) {
    text += left.contains(line) ? "" : "\n  believed  " + line;
  }
  return text;
}

}  // namespace

SchedulerProcess::SchedulerProcess(Surroundings around, Disk& disk, Settings settings)
    : around_(around), disk_(disk), settings_(settings), life_(around.timeline) {
  const bool drifts = around_.faults.strikes(Fault::ClockDrifts, 1000);
  // Drawn one after the other: in which order arguments are drawn, compilers differ.
  const Duration since_boot = around_.chance.between(seconds(1), Duration(seconds(100'000)));
  clock_ = LocalClock(since_boot, drifts ? around_.chance.between(-200, 200) : 0);
}

WallTime SchedulerProcess::wall() const {
  return {1'700'000'000'000 + wall_offset_ms_ + around_.timeline.now().since_boot.count() / 1'000};
}

void SchedulerProcess::start() {
  life_.begin();
  // Nothing may depend on the wall clock, so every life has another one.
  wall_offset_ms_ = around_.chance.between(-3'600'000, 3'600'000);
  state_ = std::make_unique<State>(settings_);
  Soundness soundness;
  for (const Change& change : disk_.load()) {
    if (const auto problem = soundness.problem_with(change)) {
      around_.oracles.problem("what is on disk does not fit together: " + *problem);
      break;
    }
    recover(*state_, change, now(), wall());
  }
  around_.trace.line(around_.timeline.now(), "scheduler starts");
  check_state();
  is_busy_ = false;
  wake();
}

void SchedulerProcess::kill(Duration down) {
  if (!is_up()) {
    return;
  }
  around_.trace.line(around_.timeline.now(), "scheduler killed");
  life_.end();
  state_.reset();
  inbox_.clear();
  conversations_.clear();
  sessions_.clear();
  around_.network.close_all(End::Scheduler, 0);
  for (auto& [number, answered] : std::exchange(open_, {})) {
    around_.timeline.in(milliseconds(1), [answered = answered] { answered(nullptr); });
  }
  around_.timeline.in(down, [this] { start(); });
}

void SchedulerProcess::die(Fault fault) {
  around_.trace.line(around_.timeline.now(), std::string(name_of(fault)));
  const bool is_long = around_.faults.strikes(Fault::SchedulerDownLong, 60);
  kill(is_long ? around_.chance.between(seconds(20), Duration(seconds(60)))
               : around_.chance.between(milliseconds(50), Duration(seconds(4))));
}

void SchedulerProcess::freeze(Duration duration) {
  around_.trace.line(around_.timeline.now(), "scheduler frozen");
  life_.freeze(duration);
}

void SchedulerProcess::ask(Request request, Answered answered) {
  if (!is_up()) {
    around_.timeline.in(milliseconds(1), [answered] { answered(nullptr); });
    return;
  }
  open_[++requests_] = std::move(answered);
  life_.later(milliseconds(1), [this, number = requests_, request = std::move(request)]() mutable {
    put({{.what = std::move(request)}, number, 0});
  });
}

void SchedulerProcess::accepted(ConnectionId id) {
  conversations_[id];
}

void SchedulerProcess::received(ConnectionId id, const std::string& bytes) {
  life_.later(Duration{}, [this, id, bytes] {
    const auto found = conversations_.find(id);
    if (found == conversations_.end()) {
      return;
    }
    found->second.parser.feed(bytes);
    while (const auto frame = found->second.parser.next()) {
      Result<AgentMessage> message = wire::decode_agent_message(*frame);
      if (!message) {
        around_.oracles.problem("the scheduler cannot read a frame: " + message.error().reason);
        return;
      }
      take_message(id, std::move(*message));
    }
  });
}

void SchedulerProcess::take_message(ConnectionId id, AgentMessage message) {
  around_.trace.line(around_.timeline.now(), "  scheduler <- " + to_text(message));
  if (around_.mutant == Mutant::SessionsUnchecked) {
    const SessionId session = conversations_[id].session;
    if (auto* facts = std::get_if<Facts>(&message)) {
      facts->session = session;
    }
  }
  if (auto* hello = std::get_if<Hello>(&message)) {
    put({{.what = AgentSaidHello{std::move(*hello), "192.0.2.1"}}, 0, id});
  } else if (const auto* lease = std::get_if<LeaseAsked>(&message)) {
    put({{.what = AgentAskedLease{*lease}}, 0, id});
  } else {
    put({{.what = AgentToldFacts{std::move(std::get<Facts>(message))}}, 0, id});
  }
}

void SchedulerProcess::closed(ConnectionId id) {
  life_.later(Duration{}, [this, id] {
    const auto found = conversations_.find(id);
    if (found == conversations_.end()) {
      return;
    }
    const SessionId session = found->second.session;
    conversations_.erase(found);
    if (!session.is_none()) {
      sessions_.erase(session);
      around_.trace.line(around_.timeline.now(),
                         "  scheduler: session " + std::to_string(session.value) + " is gone");
      put({{.what = AgentDisconnected{session}}, 0, 0});
      if (around_.mutant == Mutant::GivenAwayOnDisconnect) {
        pretend_new_boot(session);
      }
    }
  });
}

/// What proves attempts dead, said by nobody.
void SchedulerProcess::pretend_new_boot(SessionId session) {
  for (const auto& [id, agent] : disk_.agents()) {
    if (agent.session == session) {
      put({{.what = AgentSaidHello{{.agent_name = agent.name,
                                    .environment = agent.environment,
                                    .capacity = agent.capacity,
                                    .boot_id = "planted",
                                    .incarnation = agent.incarnation,
                                    .sequence = agent.hello_sequence + 1,
                                    .folder = agent.folder}}},
           0,
           0});
    }
  }
}

void SchedulerProcess::put(Letter letter) {
  inbox_.push_back(std::move(letter));
  wake();
}

void SchedulerProcess::wake() {
  if (is_busy_) {
    return;
  }
  is_busy_ = true;
  life_.later(around_.chance.between(microseconds(10), Duration(milliseconds(2))),
              [this] { run_batch(); });
}

void SchedulerProcess::run_batch() {
  if (around_.faults.strikes(Fault::SchedulerKilledIdle, 1)) {
    die(Fault::SchedulerKilledIdle);
    return;
  }
  if (around_.chance.one_in(30)) {
    sweep();
  }
  auto batch = std::make_shared<Batch>();
  while (!inbox_.empty() && batch->letters.size() < kBatchMax) {
    batch->letters.push_back(std::move(inbox_.front()));
    inbox_.pop_front();
  }
  batch->letters.push_back({{.what = Ticked{}}, 0, 0});
  for (Letter& letter : batch->letters) {
    letter.event.at = wall();
    letter.event.chance = around_.chance.token();
    batch->decisions.push_back(step(*state_, letter.event, now()));
  }
  Duration disk = around_.chance.between(microseconds(100), Duration(milliseconds(5)));
  if (around_.faults.strikes(Fault::DiskSlow, 5)) {
    disk = around_.chance.between(milliseconds(50), Duration(milliseconds(600)));
  }
  if (around_.faults.strikes(Fault::DiskFull, 1)) {
    disk = around_.chance.between(seconds(1), Duration(seconds(4)));
  }
  if (around_.mutant == Mutant::OrdersBeforeCommit) {
    leave(*batch);
  }
  life_.later(disk, [this, batch] { commit(*batch); });
}

/// Brings what ended a while ago, now and then what ended just now. The real retention waits for
/// its answer before it looks again.
void SchedulerProcess::sweep() {
  const bool is_waiting = std::any_of(inbox_.begin(), inbox_.end(), [](const Letter& waiting) {
    return std::holds_alternative<JobsExpired>(waiting.event.what);
  });
  if (is_waiting) {
    return;
  }
  const Duration keep = around_.chance.between(milliseconds(0), Duration(seconds(30)));
  const WallTime ended_before{wall().epoch_ms -
                              std::chrono::duration_cast<milliseconds>(keep).count()};
  std::vector<Forgetting> jobs = disk_.expired(ended_before);
  if (!jobs.empty()) {
    inbox_.push_back({{.what = JobsExpired{ended_before, std::move(jobs)}}, 0, 0});
  }
}

void SchedulerProcess::commit(Batch& batch) {
  std::vector<Change> changes;
  for (Decision& decision : batch.decisions) {
    changes.insert(changes.end(), decision.changes.begin(), decision.changes.end());
  }
  if (!changes.empty() && around_.faults.strikes(Fault::SchedulerKilledBeforeCommit, 2)) {
    die(Fault::SchedulerKilledBeforeCommit);
    return;
  }
  std::vector<std::string> problems;
  const bool is_forgotten = around_.mutant == Mutant::DiskForgets &&
                            around_.faults.strikes(Fault::SchedulerKilledIdle, 1);
  if (is_forgotten) {
    leave(batch);
    die(Fault::SchedulerKilledIdle);
    return;
  }
  disk_.commit(changes, problems);
  for (const Change& change : changes) {
    trace(change);
  }
  around_.oracles.committed(changes, problems);
  if (around_.chance.one_in(16)) {
    check_state();
  }
  if (!changes.empty() && around_.faults.strikes(Fault::SchedulerKilledAfterCommit, 2)) {
    die(Fault::SchedulerKilledAfterCommit);
    return;
  }
  if (around_.mutant != Mutant::OrdersBeforeCommit) {
    leave(batch);
  }
  if (!is_up()) {
    return;
  }
  is_busy_ = false;
  if (!inbox_.empty()) {
    wake();
  } else if (const auto wake_at = batch.decisions.back().wake_at) {
    const Instant when = std::max(clock_.world(*wake_at), around_.timeline.now());
    woken_at_ = when;
    life_.later(when - around_.timeline.now(), [this, when] {
      if (woken_at_ == when) {
        wake();
      }
    });
  }
}

void SchedulerProcess::trace(const Change& change) {
  std::string text;
  if (const auto* added = std::get_if<JobAdded>(&change)) {
    const Job& job = added->job;
    text = "job " + std::to_string(job.id.value) + " added, " +
           std::to_string(job.spec->array_size) + " children, depends on";
    for (const Dependency& on : job.spec->depends_on) {
      const JobRows* rows = disk_.find(on.job);
      text += " " + std::string(name_of(on.type)) + "/" +
              to_text(JobKey{rows == nullptr ? JobId{} : rows->job.id, on.child});
    }
  } else if (const auto* moved = std::get_if<JobMoved>(&change)) {
    text = "job " + std::to_string(moved->job.id.value) + " is " +
           std::string(name_of(moved->job.state)) + " " + moved->job.status_reason;
  } else if (const auto* ended = std::get_if<ChildrenEnded>(&change)) {
    text = "children " + to_text(JobKey{ended->job, ended->first}) + ".." +
           std::to_string(ended->last) + " ended " + ended->status_reason;
  } else if (const auto* retired = std::get_if<JobRetired>(&change)) {
    text = "job " + std::to_string(retired->job.value) + " retired";
  } else if (const auto* gone = std::get_if<AttemptGone>(&change)) {
    text = "attempt " + to_text(gone->key) + " taken back";
  } else if (const auto* put = std::get_if<AttemptPut>(&change)) {
    text =
        "attempt " + to_text(put->attempt.key) + " is " + std::string(name_of(put->attempt.state));
  } else {
    return;
  }
  around_.trace.line(around_.timeline.now(), "  disk: " + text);
}

void SchedulerProcess::leave(Batch& batch) {
  for (std::size_t i = 0; i < batch.letters.size(); ++i) {
    answer(batch.letters[i], batch.decisions[i].reply);
  }
  for (std::size_t i = 0; i < batch.letters.size(); ++i) {
    for (const Order& order : batch.decisions[i].orders) {
      if (around_.faults.strikes(Fault::SchedulerKilledWhileAnswering, 1)) {
        die(Fault::SchedulerKilledWhileAnswering);
        return;
      }
      send(order, batch.letters[i].connection);
    }
  }
}

void SchedulerProcess::answer(const Letter& letter, const Reply& reply) {
  if (const auto* unknown = std::get_if<UnknownDependencies>(&reply)) {
    bring_again(letter, *unknown);
    return;
  }
  if (std::holds_alternative<UnknownArray>(reply)) {
    bring_array(letter);
    return;
  }
  const auto found = open_.find(letter.request);
  if (found != open_.end()) {
    around_.timeline.in(around_.chance.between(microseconds(50), Duration(milliseconds(2))),
                        [answered = std::move(found->second), reply] { answered(&reply); });
    open_.erase(found);
  }
}

void SchedulerProcess::bring_again(Letter letter, const UnknownDependencies& unknown) {
  auto& submitted = std::get<JobSubmitted>(letter.event.what);
  const std::size_t known = submitted.known_ends.size();
  for (const auto& [uuid, child] : unknown.jobs) {
    if (const auto state = disk_.state_of(uuid, child)) {
      submitted.known_ends[{uuid, child}] = *state;
      std::vector<JobState> states;
      for (std::int32_t i = 0; i < disk_.find(uuid)->job.spec->array_size; ++i) {
        states.push_back(disk_.state_of(uuid, i).value_or(JobState::Runnable));
      }
      if (!states.empty()) {
        submitted.known_arrays[uuid] = KnownArray::of(states);
      }
    }
  }
  for (const auto& [uuid, child] : unknown.jobs) {
    const JobRows* rows = disk_.find(uuid);
    if (rows != nullptr && rows->is_forgotten) {
      answer(letter, Error{ErrorCode::BadRequest, "The job it depends on does not exist"});
      return;
    }
  }
  if (submitted.known_ends.size() == known) {
    around_.oracles.problem("a job that was acknowledged is unknown to its dependent");
    return;
  }
  life_.later(microseconds(200), [this, letter = std::move(letter)] { put(letter); });
}

void SchedulerProcess::bring_array(Letter letter) {
  auto& asked = std::get<ChildrenRerunAsked>(letter.event.what);
  asked.known = disk_.ended_array(asked.job);
  const JobRows* rows = disk_.find(asked.job);
  if (rows != nullptr && rows->is_forgotten) {
    answer(letter, Error{ErrorCode::NotFound, "There is no array job of this id"});
    return;
  }
  // Another rerun of the same batch may have reopened it: then State knows it again.
  if (rows == nullptr) {
    around_.oracles.problem("an array that was acknowledged is unknown to its rerun");
    return;
  }
  // What was read must stay true: the real retention waits until a rerun is over.
  std::erase_if(inbox_, [](const Letter& waiting) {
    return std::holds_alternative<JobsExpired>(waiting.event.what);
  });
  put(std::move(letter));
}

void SchedulerProcess::send(const Order& order, ConnectionId asking) {
  ConnectionId to = asking;
  if (const auto* welcome = std::get_if<Welcome>(&order.message)) {
    const auto found = conversations_.find(asking);
    if (found != conversations_.end()) {
      found->second.session = welcome->session;
      sessions_[welcome->session] = asking;
    }
  } else if (!std::holds_alternative<HelloRefused>(order.message)) {
    SessionId session;
    std::visit(
        [&session](const auto& message) {
          if constexpr (requires { message.session; }) {
            session = message.session;
          }
        },
        order.message);
    const auto found = sessions_.find(session);
    if (found == sessions_.end()) {
      return;
    }
    to = found->second;
  }
  around_.trace.line(around_.timeline.now(), "  scheduler -> " + to_text(order.message));
  around_.network.send(to, End::Scheduler, wire::encode(order.message), false);
}

void SchedulerProcess::check_state() {
  for (const std::string& broken : broken_invariants(*state_)) {
    around_.oracles.problem("scheduler core: " + broken);
  }
  if (is_busy_ && !around_.chance.one_in(4)) {
    return;
  }
  State loaded(settings_);
  for (const Change& change : disk_.load()) {
    dray::apply(loaded, change, now());
  }
  const std::string stored = fingerprint(loaded);
  const std::string believed = fingerprint(*state_);
  if (stored != believed) {
    around_.oracles.problem("what is loaded from disk is not what the scheduler believes:" +
                            difference(stored, believed));
  }
}

}  // namespace dray::sim
