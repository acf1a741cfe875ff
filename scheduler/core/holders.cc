#include "scheduler/core/holders.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "scheduler/core/leases.h"
#include "scheduler/core/pools.h"
#include "scheduler/core/run_limits.h"
#include "scheduler/core/sentences.h"

namespace dray {
namespace {

constexpr std::size_t kNamedMax = 3;

/// An attempt that runs, and what it would give back of what is lacking.
struct Holder {
  JobKey key;
  Resources has;
  std::optional<Duration> left;  ///< Until its timeout has ended it, with SIGKILL.
};

Resources common_part(const Resources& has, const Resources& lack) {
  return {lack.milli_vcpus > 0 ? has.milli_vcpus : 0, lack.memory_mib > 0 ? has.memory_mib : 0,
          lack.gpus > 0 ? has.gpus : 0};
}

std::optional<Duration> time_left(const State& state, const Attempt& attempt, WallTime at) {
  const JobEntry& entry = *state.find_job(attempt.key.job.job);
  if (!attempt.started_at || !entry.job.spec->timeout) {
    return std::nullopt;
  }
  const std::chrono::milliseconds ran(at.epoch_ms - attempt.started_at->epoch_ms);
  const Duration left = *entry.job.spec->timeout + state.settings().grace - ran;
  return left > Duration{} ? std::optional(left) : std::nullopt;
}

/// One that is enough alone, of these the one that ends soonest, else the smallest; otherwise the
/// largest ones until they are enough.
std::vector<Holder> enough_of(std::vector<Holder> holders, const Resources& lack) {
  const auto one_rank = [](const Holder& it) {
    return std::tuple(it.left.value_or(Duration::max()), weight_of(it.has), it.key);
  };
  std::optional<Holder> alone;
  for (const Holder& it : holders) {
    if (lack.fits_in(it.has) && (!alone || one_rank(it) < one_rank(*alone))) {
      alone = it;
    }
  }
  if (alone) {
    return {*alone};
  }
  std::sort(holders.begin(), holders.end(), [](const Holder& a, const Holder& b) {
    return std::pair(-weight_of(a.has), a.key) < std::pair(-weight_of(b.has), b.key);
  });
  Resources sum;
  std::vector<Holder> chosen;
  for (const Holder& it : holders) {
    if (lack.fits_in(sum)) {
      break;
    }
    sum += it.has;
    chosen.push_back(it);
  }
  return chosen;
}

/// "job X holds", "jobs X and Y hold", "job X and 2 jobs of other queues hold".
std::string who_holds(const State& state, const std::vector<JobKey>& keys,
                      const std::string& queue) {
  std::vector<std::string> named;
  std::uint64_t others = 0;
  std::uint64_t more = 0;
  for (const JobKey& key : keys) {
    const Job& job = state.find_job(key.job)->job;
    if (job.spec->queue != queue) {
      ++others;
    } else if (named.size() == kNamedMax) {
      ++more;
    } else {
      named.push_back(job_text(job, key.child));
    }
  }
  const bool is_one = keys.size() == 1;
  const std::string noun = named.size() == 1 && more == 0 ? "job " : "jobs ";
  if (more > 0) {
    named.push_back(std::to_string(more) + " more");
  }
  std::string text = named.empty() ? "" : noun + list_text(named);
  if (others > 0) {
    text += (text.empty() ? "" : " and ") + counted(others, "job") + " of other queues";
  }
  return text + (is_one ? " holds" : " hold");
}

/// Its end would let others start that may stand before whoever asks: siblings that are kept back,
/// jobs that wait for it, or for the limits of its queue.
bool lets_others_start(const State& state, const RunsLeft& runs_left, const JobKey& key) {
  const JobEntry& entry = *state.find_job(key.job);
  return !entry.kept_back.is_empty() || !entry.dependents.empty() ||
         runs_left.is_used_up(state.class_of(entry, key.child));
}

}  // namespace

Resources lack_on(const AgentEntry& agent, const Resources& request) {
  return shortage(request + agent.reserved, agent.whole());
}

std::string holders_of_room(const State& state, const AgentEntry& agent, const Resources& lack,
                            const std::string& queue, Instant now, WallTime at) {
  std::vector<Holder> holders;
  const RunsLeft runs_left(state);
  const bool is_heard = !is_silent(state, agent, now);
  for (const JobKey& key : agent.live) {
    const JobEntry& entry = *state.find_job(key.job);
    const Resources has = common_part(State::request_of(entry, key.child), lack);
    const bool is_clear =
        entry.job.spec->consumables.empty() && !lets_others_start(state, runs_left, key);
    if (has != Resources{} && is_clear) {
      const Attempt& attempt = state.find_attempt(key)->attempt;
      holders.push_back({key, has, is_heard ? time_left(state, attempt, at) : std::nullopt});
    }
  }
  const std::vector<Holder> chosen = enough_of(std::move(holders), lack);
  Resources sum;
  std::vector<JobKey> keys;
  std::optional<Duration> left = Duration{};
  for (const Holder& it : chosen) {
    sum += it.has;
    keys.push_back(it.key);
    left = left && it.left ? std::optional(std::max(*left, *it.left)) : std::nullopt;
  }
  if (!lack.fits_in(sum)) {
    return {};
  }
  const std::string until = left ? ", for at most " + time_text(*left) + " by " +
                                       (keys.size() == 1 ? "its timeout" : "their timeouts")
                                 : std::string();
  return " (" + who_holds(state, keys, queue) + " " + amounts_text(sum) + " there" + until + ")";
}

std::string holders_of_consumable(const State& state, const std::string& name, std::int64_t lack,
                                  const std::string& queue) {
  const auto held_by = [&name](const JobEntry& entry) {
    std::int64_t quantity = 0;
    for (const ConsumableNeed& need : entry.job.spec->consumables) {
      quantity += need.name == name ? need.quantity : 0;
    }
    return quantity;
  };
  std::vector<std::pair<std::int64_t, JobKey>> holders;
  const RunsLeft runs_left(state);
  for (auto at = state.attempts().begin(); at != state.attempts().end(); ++at) {
    const JobEntry& entry = *state.find_job(at->first.job);
    const std::int64_t quantity = held_by(entry);
    const bool is_counted =
        entry.is_gang() && !holders.empty() && holders.back().second.job == at->first.job;
    if (quantity > 0 && !is_counted && !lets_others_start(state, runs_left, at->first)) {
      holders.emplace_back(quantity,
                           JobKey{at->first.job, entry.is_gang() ? kNoChild : at->first.child});
    }
  }
  std::sort(holders.begin(), holders.end(), [](const auto& a, const auto& b) {
    return std::pair(-a.first, a.second) < std::pair(-b.first, b.second);
  });
  std::int64_t sum = 0;
  std::vector<JobKey> keys;
  for (const auto& [quantity, key] : holders) {
    if (sum < lack) {
      sum += quantity;
      keys.push_back(key);
    }
  }
  return sum < lack ? "" : " (" + who_holds(state, keys, queue) + " " + std::to_string(sum) + ")";
}

}  // namespace dray
