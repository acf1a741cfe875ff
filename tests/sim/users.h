#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scheduler/core/decision.h"
#include "scheduler/core/event.h"
#include "tests/sim/faults.h"
#include "tests/sim/timeline.h"

namespace dray::sim {

/// What a request is: one of the events that come through the door.
using Request = decltype(Event::what);
/// Called once: with the answer, or with nothing when the connection broke and nobody knows.
using Answered = std::function<void(const Reply* reply)>;
/// The door as users see it.
using Door = std::function<void(Request request, Answered answered)>;

/// A submit that was acknowledged.
struct Acknowledged {
  Uuid uuid;
  JobId id;
  Submission submission;
};

/// People and programs that use the door: they make environments, queues and definitions, submit
/// jobs of every shape, cancel, terminate, drain, switch things off and on again, and ask why.
class Users {
 public:
  /// `environments` names those that agents join. Requests fit `biggest`, which an agent in every
  /// environment has.
  Users(Timeline& timeline, Chance& chance, Faults& faults, Door door,
        std::vector<std::string> environments, std::vector<std::string> agents, Resources biggest);

  /// Plans everything that is done until `end`.
  void begin(Instant end);
  /// Switches on again what was switched off, ends the drains, and terminates what can never run.
  void heal();
  [[nodiscard]] const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }
  /// Everything is switched on and every request has been answered.
  [[nodiscard]] bool is_done() const { return open_ == 0 && is_healed_; }

 private:
  void ask_until_done(Request request);
  /// Of a fair-share queue.
  std::string make_policy(const std::string& queue);
  void release(const Uuid& job);
  void submit_later(Instant end);
  void submit(Submission submission);
  [[nodiscard]] Submission some_submission();
  void become_nodes(Submission& submission);
  void add_dependencies(Submission& submission);
  void meddle_later(Instant end);
  void meddle();
  void switch_things();
  [[nodiscard]] const Acknowledged& some_job();
  [[nodiscard]] const std::string& some_queue();

  Timeline& timeline_;
  Chance& chance_;
  Faults& faults_;
  Door door_;
  std::vector<std::string> environments_;
  std::vector<std::string> agents_;
  Resources biggest_;
  std::vector<std::string> queues_;
  std::set<std::string> fair_queues_;
  std::vector<Acknowledged> acknowledged_;
  std::vector<Uuid> too_big_;  ///< Also those whose answer was lost.
  std::vector<Uuid> held_;     ///< Submitted held, likewise.
  std::uint64_t jobs_max_ = 0;
  std::int64_t seats_ = 1;  ///< Of the scarce consumable resource.
  std::uint64_t submitted_ = 0;
  std::uint64_t open_ = 0;
  bool is_healed_ = false;
};

}  // namespace dray::sim
