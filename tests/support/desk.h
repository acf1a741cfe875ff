#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/core/state.h"
#include "tests/support/row_copy.h"

namespace dray {

/// An agent as the core sees it from outside: it holds what it is ordered and begins it first in,
/// first out, as it fits. It never fails on its own; tests make it.
struct DeskAgent {
  struct Held {
    StartAttempt start;
    Resources request;
    bool has_begun = false;
    bool is_stopping = false;
  };
  std::string name;
  std::string environment = "ce";
  Resources capacity;
  std::string boot = "boot-1";
  std::string folder = "folder-1";
  std::uint64_t incarnation = 1;
  std::uint64_t sequence = 0;
  SessionId session;
  std::vector<Held> held;
  std::deque<AttemptFinished> unacknowledged;
  std::map<JobId, Resources> specs;
  std::optional<std::string> refusal;  ///< Of the last hello.

  [[nodiscard]] Resources used() const;
  [[nodiscard]] Hello hello();
};

/// A scheduler's core on a desk: virtual time, agents that do as they are told, a copy of the rows.
/// After every event it looks for broken invariants; `complaints` collects what it finds.
class Desk {
 public:
  explicit Desk(Settings settings = {});

  State state;
  Instant now{std::chrono::hours(1)};
  RowCopy rows;
  std::map<std::string, DeskAgent> agents;
  std::vector<std::string> complaints;
  std::vector<Decision> decisions;  ///< Of the last `take`: the event's and the tick's.
  /// Of every `take` since somebody cleared it, when somebody wants it.
  std::vector<Decision> history;
  bool keeps_history = false;
  bool inspects = true;  ///< Off where a State is too large to be recomputed at every event.

  using What = decltype(Event::what);
  /// Takes the event and the tick that ends its batch; agents get their orders. The event's reply.
  Reply take(What what);
  /// The event alone: no tick, no orders to agents.
  Decision take_alone(What what);
  void tick() { take(Ticked{}); }
  void pass(Duration time);

  /// A compute environment "ce", a queue "q" on it and a definition "d" of 1 vCPU and 512 MiB.
  void set_up();
  void add_queue(const std::string& name, std::int32_t priority,
                 std::vector<std::string> environments = {"ce"});
  void add_environment(const std::string& name, std::optional<std::int32_t> vcpus_max = {});
  /// A definition "pod" of that many essential containers of `request` each.
  void add_pod(int containers, Resources request);
  DeskAgent& join(const std::string& name, Resources capacity,
                  const std::string& environment = "ce");
  void say_hello(const std::string& agent);
  /// Its machine restarts: what had begun is lost, and its journal says so in the next hello.
  void reboot(const std::string& agent);
  void disconnect(const std::string& agent);
  void renew(const std::string& agent);

  /// What to submit: change it, then hand it in.
  static Submission submission(const std::string& name, Resources request = {1000, 512, 0});
  Reply submit(Submission submission);
  /// Submits, expects success, returns the job's uuid.
  Uuid put(Submission submission);
  /// Uuids are counted from 1.
  [[nodiscard]] Uuid uuid_of(std::uint64_t number) const { return {0, number}; }

  /// Brings the array again when State has forgotten it.
  Reply rerun(const Uuid& array, ChildRuns children = {});

  /// The agent begins what fits, first in, first out, and says so.
  void begin_all(const std::string& agent);
  /// An attempt it holds ends so; says so. Returns false when it does not hold it.
  bool end(const std::string& agent, const JobKey& job, Outcome outcome = Outcome::Succeeded,
           std::int32_t exit_code = 0, const std::string& reason = "");
  /// Ends the first begun one; false when none has begun.
  bool end_first(const std::string& agent, Outcome outcome = Outcome::Succeeded);
  void say(const std::string& agent,
           std::vector<std::variant<AttemptBegan, AttemptFinished>> facts);
  /// Everything begins and succeeds, round by round, until nothing is held by connected agents.
  void run_dry(int rounds = 10'000);

  [[nodiscard]] const Job& job(const Uuid& uuid) const;
  /// From the rows, so that it also knows jobs that State has forgotten.
  [[nodiscard]] JobState state_of(const Uuid& uuid, std::int32_t child = kNoChild) const;
  [[nodiscard]] std::string reason_of(const Uuid& uuid) const { return job(uuid).status_reason; }
  /// "a1" for the agent of its live attempt, "" when there is none.
  [[nodiscard]] std::string place_of(const Uuid& uuid, std::int32_t child = kNoChild) const;
  [[nodiscard]] std::vector<SchedulerMessage> orders_to(const std::string& agent) const;

  /// A scheduler that was killed and comes back with its rows.
  void restart();

 private:
  void deliver(const Decision& decision);
  void obey(DeskAgent& agent, const SchedulerMessage& message);
  void inspect(const State& before, const Decision& decision);
  std::uint64_t events_ = 0;
  std::uint64_t jobs_ = 0;
};

}  // namespace dray
