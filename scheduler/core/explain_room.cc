#include "scheduler/core/explain_room.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/core/blocked.h"
#include "scheduler/core/fair_order.h"
#include "scheduler/core/leases.h"
#include "scheduler/core/place_gang.h"
#include "scheduler/core/pools.h"
#include "scheduler/core/sentences.h"
#include "scheduler/core/waiting_line.h"

namespace dray {
namespace {

using Word = AgentVerdict::Word;

/// Places in a fair-share queue are counted so far: each is a step.
constexpr std::uint64_t kCountedMax = 1'000;

bool keeps(const Reservation& reservation, AgentId agent) {
  return reservation.is_of_all() || reservation.agent == agent ||
         reservation.gang_agents.contains(agent);
}

/// One look at a waiting job and every agent that its queue reaches.
class Look {
 public:
  Look(const State& state, const JobEntry& entry, const JobKey& key, Instant now)
      : state_(state),
        class_(state.class_of(entry, key.child)),
        class_id_(State::class_id_of(entry, key.child)),
        own_(standing_of(state, class_, key, now)),
        pools_(state, now),
        now_(now) {}

  void explain(Explanation& out) {
    collect(out);
    std::sort(out.agents.begin(), out.agents.end(),
              [](const AgentVerdict& a, const AgentVerdict& b) { return a.agent < b.agent; });
    out.position = position();
    decide(out);
    if (const auto reason = why_blocked(state_, class_, now_)) {
      out.status_reason = blocked_text(state_, class_, *reason);
    }
  }

 private:
  void collect(Explanation& out) {
    const auto queue = state_.queues().find(class_.key.queue);
    if (queue == state_.queues().end()) {
      return;
    }
    held_back_ =
        is_fair(class_) &&
        !shared_room(state_, pools_, queue->second).has_room_for(class_.key.together().milli_vcpus);
    for (const std::string& environment : queue->second.environments) {
      const Pool* pool = pools_.find(environment);
      if (pool == nullptr || !pool->is_enabled) {
        continue;
      }
      ++environments_;
      const std::int64_t vcpus = class_.key.together().milli_vcpus;
      is_over_cap_ &= pool->cap_left && vcpus > pool->cap;
      if (class_.key.is_gang()) {
        seats_now_ = std::max(seats_now_, seats(*pool, Seating::Now));
        seats_ever_ = std::max(seats_ever_, seats(*pool, Seating::Ever));
      }
      for (const std::size_t index : pool->rooms) {
        out.agents.push_back(verdict(environment, *pool, pools_.room(index), out));
      }
    }
  }

  AgentVerdict verdict(const std::string& environment, const Pool& pool, const Room& room,
                       Explanation& out) const {
    const AgentEntry& entry = *room.entry;
    const Resources& request = class_.key.request;
    AgentVerdict verdict{.agent = entry.agent.name,
                         .environment = environment,
                         .capacity = entry.agent.capacity,
                         .free = entry.free()};
    const auto kept = state_.reservations.find(environment);
    const bool is_kept = kept != state_.reservations.end() &&
                         kept->second.request_class != class_id_ &&
                         keeps(kept->second, entry.agent.id);
    if (!request.fits_in(entry.whole())) {
      verdict.word = Word::TooSmall;
      verdict.short_of = shortage(request, entry.whole());
    } else if (entry.agent.is_draining) {
      verdict.word = Word::Draining;
    } else if (is_silent(state_, entry, now_)) {
      verdict.word = Word::Silent;
    } else if (!request.fits_in(entry.free())) {
      verdict.word = Word::Busy;
      verdict.short_of = shortage(request, entry.free());
    } else if (pool.cap_left && *pool.cap_left < request.milli_vcpus) {
      verdict.word = Word::Capped;
    } else if (is_kept) {
      verdict.word = Word::Reserved;
      const JobEntry* older = state_.find_job(kept->second.job.job);
      if (older != nullptr && out.blockers.empty()) {
        out.blockers.push_back(older->job.uuid);
      }
    }
    return verdict;
  }

  /// How many of its fair-share queue stand before it; nothing when they are many.
  std::optional<std::uint64_t> before_in(const JobQueue& queue) {
    FairOrder order(state_, queue.name, capacity_of(pools_, queue), now_);
    for (const auto& [id, other] : state_.classes()) {
      if (other.key.queue == queue.name && is_fair(other) && !other.waiting.empty()) {
        order.add(WaitingLine(id, other));
      }
    }
    for (std::uint64_t before = 0; before < kCountedMax && !order.is_done(); ++before) {
      if (order.take() == own_.job) {
        return before;
      }
    }
    return std::nullopt;
  }

  /// How many of a class of the same priority stand before it. Within a class nobody who came later
  /// stands before one who came earlier.
  std::uint64_t before_in_class(const RequestClass& other) const {
    std::uint64_t before = 0;
    for (const auto& [job, children] : other.waiting) {
      const Standing first = standing_of(state_, other, {job, children.front()}, now_);
      if (!(first < own_)) {
        break;
      }
      before += job == own_.job.job ? children.count_below(own_.job.child) : children.count();
    }
    return before;
  }

  /// Counts what stands before it, in all queues.
  std::uint64_t position() {
    std::uint64_t before = 0;
    const auto queue = state_.queues().find(class_.key.queue);
    const bool is_in_fair = queue != state_.queues().end() && is_fair(class_);
    if (is_in_fair) {
      const std::optional<std::uint64_t> in_queue = before_in(queue->second);
      if (!in_queue) {
        return 0;
      }
      before = *in_queue;
    }
    for (const auto& [id, other] : state_.classes()) {
      if (is_in_fair && other.key.queue == class_.key.queue) {
        continue;
      }
      const std::int64_t below = below_top(state_, other);
      if (below < own_.below_top) {
        before += other.waiting_count;
      } else if (below == own_.below_top) {
        before += before_in_class(other);
      }
    }
    return before + 1;
  }

  std::size_t seats(const Pool& pool, Seating seating) const {
    return seat_nodes(pools_, pool, class_.key.nodes, class_id_, seating).size();
  }

  void say_held_back(Explanation& out) const {
    out.code = WaitCode::HeldForShares;
    out.sentence = "It waits for others of queue " + class_.key.queue +
                   " to end: what they leave is kept for shares that are not active yet.";
  }

  /// Of a gang: all nodes at once.
  void decide_for_gang(Explanation& out) const {
    const std::size_t nodes = class_.key.node_count();
    const std::string all = std::to_string(nodes) + " nodes at once";
    if (seats_ever_ < nodes) {
      out.code = WaitCode::TooBig;
      out.sentence = "It waits for more or larger agents: it starts " + all +
                     ", and even with nothing else running there is room for " +
                     std::to_string(seats_ever_) + ".";
    } else if (seats_now_ < nodes) {
      out.code = WaitCode::AgentsBusy;
      out.sentence = "It waits for room for its " + all + ": right now there is room for " +
                     std::to_string(seats_now_) + ".";
    } else if (held_back_) {
      say_held_back(out);
    } else {
      out.code = WaitCode::BehindOthers;
      out.sentence =
          "It is next but for what stands before it: its place in the order of dispatch "
          "is " +
          place_text(out.position) + ".";
    }
  }

  /// "2 of seats, of which 1 is left", of each that lacks; empty when none does.
  std::string lacking_consumables() const {
    std::string text;
    for (const auto& [name, quantity] : class_.key.consumables) {
      const std::int64_t left = state_.consumable_left(name);
      if (left < quantity) {
        const bool exists = state_.catalogue().contains({ResourceKind::ConsumableResource, name});
        text +=
            (text.empty() ? "" : ", and ") + std::to_string(quantity) + " of " + name +
            (exists ? ", of which " + std::to_string(left) + (left == 1 ? " is" : " are") + " left"
                    : ", which does not exist");
      }
    }
    return text;
  }

  static bool any(const Explanation& out, Word word) {
    return std::any_of(out.agents.begin(), out.agents.end(),
                       [word](const AgentVerdict& verdict) { return verdict.word == word; });
  }

  void decide(Explanation& out) const {
    const std::string request = to_string(class_.key.request);
    const std::string lacking = lacking_consumables();
    const auto say = [&out](WaitCode code, std::string sentence) {
      out.code = code;
      out.sentence = std::move(sentence);
    };
    if (environments_ == 0) {
      say(WaitCode::NoEnvironment, "It waits for a compute environment: queue " + class_.key.queue +
                                       " names none that is enabled.");
    } else if (is_over_cap_) {
      say(WaitCode::EnvironmentCap, "It can never run: the request is " + request +
                                        ", more than maxvCpus of its compute environments.");
    } else if (out.agents.empty()) {
      say(WaitCode::NoAgent,
          "It waits for an agent: none has joined the compute environments of queue " +
              class_.key.queue + ".");
    } else if (class_.key.is_gang() && lacking.empty()) {
      decide_for_gang(out);
    } else if (std::all_of(out.agents.begin(), out.agents.end(), [](const AgentVerdict& verdict) {
                 return verdict.word == Word::TooSmall;
               })) {
      say(WaitCode::TooBig, "It waits for a larger agent: the request is " + request +
                                " and no agent has that much" + closest(out, Word::TooSmall));
    } else if (!lacking.empty()) {
      say(WaitCode::ConsumablesInUse,
          "It waits for consumable resources: it takes " + lacking + ".");
    } else if (any(out, Word::Fits) && held_back_) {
      say_held_back(out);
    } else if (any(out, Word::Fits)) {
      say(WaitCode::BehindOthers,
          "It is next but for what stands before it: its place in the "
          "order of dispatch is " +
              place_text(out.position) + ".");
    } else if (any(out, Word::Reserved)) {
      say(WaitCode::Reserved,
          "It waits for an older job: the room there is is kept for job " +
              (out.blockers.empty() ? std::string("unknown") : to_string(out.blockers.front())) +
              ".");
    } else if (any(out, Word::Capped)) {
      say(WaitCode::EnvironmentCap, "It waits for maxvCpus: the request is " + request +
                                        " and its compute environments run all they may.");
    } else if (any(out, Word::Busy)) {
      say(WaitCode::AgentsBusy, "It waits for room: the request is " + request +
                                    " and every agent is full" + closest(out, Word::Busy));
    } else {
      say(WaitCode::AgentsSilent, any(out, Word::Silent)
                                      ? "It waits for an agent to be heard again: the request is " +
                                            request + " and those that could take it are silent."
                                      : "It waits for an agent: the request is " + request +
                                            " and those that could take it are draining.");
    }
  }

  static std::string place_text(std::uint64_t position) {
    return position == 0 ? "beyond " + std::to_string(kCountedMax) : std::to_string(position);
  }

  /// "; the closest, a1, is short of 2 vCPUs."
  static std::string closest(const Explanation& out, Word word) {
    const AgentVerdict* best = nullptr;
    for (const AgentVerdict& verdict : out.agents) {
      if (verdict.word == word &&
          (best == nullptr || weight_of(verdict.short_of) < weight_of(best->short_of))) {
        best = &verdict;
      }
    }
    return best == nullptr ? "."
                           : "; the closest, " + best->agent + ", is short of " +
                                 amounts_text(best->short_of) + ".";
  }

  const State& state_;
  const RequestClass& class_;
  ClassId class_id_;
  Standing own_;
  Pools pools_;
  Instant now_;
  bool held_back_ = false;
  std::uint32_t environments_ = 0;
  std::size_t seats_now_ = 0;  ///< Of a gang's nodes.
  std::size_t seats_ever_ = 0;
  bool is_over_cap_ = true;  ///< Until an environment could ever take it.
};

}  // namespace

void explain_room(const State& state, const JobEntry& entry, Instant now, Explanation& out) {
  Look(state, entry, out.key, now).explain(out);
}

}  // namespace dray
