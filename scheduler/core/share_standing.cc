#include "scheduler/core/share_standing.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "scheduler/core/fair_order.h"

namespace dray {
namespace {

/// The place of each share in which something waits, from 0: as placement would ask them.
std::map<std::string, std::size_t> shares_in_turn(const State& state, const JobQueue& queue,
                                                  const Resources& capacity, Instant now) {
  FairOrder order(state, queue.name, capacity, now);
  for (const auto& [id, request_class] : state.classes()) {
    if (request_class.key.queue == queue.name && is_fair(request_class) &&
        !request_class.waiting.empty()) {
      order.add(WaitingLine(id, request_class));
    }
  }
  std::map<std::string, std::size_t> turns;
  while (!order.is_done()) {
    turns.emplace(order.drop().request_class().key.share, turns.size());
  }
  return turns;
}

struct ShareJobs {
  std::uint64_t waiting = 0;
  std::uint64_t running = 0;
};

std::map<std::string, ShareJobs> jobs_by_share(const State& state, const std::string& queue) {
  std::map<std::string, ShareJobs> jobs;
  for (const auto& [id, request_class] : state.classes()) {
    if (request_class.key.queue == queue) {
      jobs[request_class.key.share].waiting += request_class.waiting_count;
    }
  }
  JobId last;
  const ClassKey* of = nullptr;  // The attempts of an array follow one another.
  for (const auto& [key, live] : state.attempts()) {
    if (of == nullptr || key.job != last) {
      last = key.job;
      of = &state.class_of(*state.find_job(last)).key;
    }
    if (live.attempt.state != AttemptState::Ahead && of->queue == queue) {
      jobs[of->share].running += 1;
    }
  }
  return jobs;
}

/// The resource that `weighted` orders by, and its number.
std::pair<Dominant, std::int64_t> dominant_of(const ShareUse& use, const Resources& held,
                                              const Resources& capacity, std::int32_t weight) {
  std::pair<Dominant, std::int64_t> most{Dominant::Vcpus, -1};
  const auto look_at = [&](Dominant resource, const Resources& of_it) {
    if (of_it == Resources{}) {
      return;
    }
    if (const std::int64_t part = weighted(use, held, of_it, weight); part > most.second) {
      most = {resource, part};
    }
  };
  look_at(Dominant::Vcpus, {.milli_vcpus = capacity.milli_vcpus});
  look_at(Dominant::Memory, {.memory_mib = capacity.memory_mib});
  look_at(Dominant::Gpus, {.gpus = capacity.gpus});
  return {most.first, std::max<std::int64_t>(0, most.second)};
}

/// `weighted` counts in 1/2^36 of a weight's 1/10,000.
std::int64_t millionths_of(std::int64_t weighted) {
  constexpr std::int64_t kHundred = 1'000'000 / ShareWeight::kOne;
  return ((weighted >> 16) * kHundred) >> 20;
}

ShareStanding::Average average_of(const ShareUse& use) {
  constexpr int kBits = ShareUse::kFractionBits;
  return {.milli_vcpus = use.vcpus >> kBits,
          .memory_mib = use.memory >> kBits,
          .milli_gpus = ((use.gpus >> 10) * 1'000) >> (kBits - 10)};
}

/// Whose turn it is, then who holds something, then who has used least.
using ShareRank = std::tuple<std::size_t, bool, std::int64_t>;
using RankedShare = std::pair<ShareRank, ShareStanding>;

/// Takes the first ones into `standing` and counts the others.
void take_first(SharesStanding& standing, std::vector<RankedShare> ranked) {
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [rank, share] : ranked) {
    if (standing.shares.size() < SharesStanding::kSharesMax) {
      standing.shares.push_back(std::move(share));
    } else {
      standing.left_out += 1;
    }
  }
}

}  // namespace

SharesStanding shares_standing(const State& state, const JobQueue& queue, Instant now) {
  Pools pools(state, now);
  const FairShare& policy = fair_share_of(state, queue.name);
  SharesStanding standing;
  standing.half_life_seconds =
      std::chrono::duration_cast<std::chrono::seconds>(half_life_of(policy)).count();
  standing.compute_reservation = policy.compute_reservation;
  standing.capacity = capacity_of(pools, queue);
  const auto turns = shares_in_turn(state, queue, standing.capacity, now);
  auto jobs = jobs_by_share(state, queue.name);
  std::vector<RankedShare> ranked;
  for (auto at = state.shares().lower_bound({queue.name, {}});
       at != state.shares().end() && at->first.queue == queue.name; ++at) {
    const auto& [key, entry] = *at;
    const ShareUse use = use_of(state, key, entry, now);
    const std::int32_t weight = share_weight(policy, key.identifier);
    const auto [dominant, part] = dominant_of(use, entry.held, standing.capacity, weight);
    const ShareJobs& counts = jobs[key.identifier];
    const auto turn = turns.find(key.identifier);
    ranked.emplace_back(
        ShareRank{turn == turns.end() ? turns.size() : turn->second, entry.held == Resources{},
                  part},
        ShareStanding{key.identifier, weight, dominant, entry.held, average_of(use),
                      millionths_of(part), counts.waiting, counts.running, entry.jobs});
    standing.active += entry.jobs > 0 ? 1 : 0;
  }
  take_first(standing, std::move(ranked));
  return standing;
}

}  // namespace dray
