#include "scheduler/core/shares.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/texts.h"

namespace dray {
namespace {

constexpr std::chrono::seconds kHalfLifeMin(600);  // AWS: what shareDecaySeconds 0 means.
constexpr std::size_t kIdentifierMax = 255;        // AWS: ShareAttributes.shareIdentifier
constexpr std::uint32_t kActiveSharesMaxAws = 500;
/// Shares without jobs that are remembered; with more, the half that used least is forgotten.
constexpr std::size_t kIdleSharesMax = 1'000;

bool is_share_name(const std::string& text) {
  return text.size() <= kIdentifierMax && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

bool holds_room(AttemptState state) {
  return state == AttemptState::Starting || state == AttemptState::Running;
}

/// The job whose attempt begins or ends to hold room by this change; null when none does.
const JobEntry* job_that_changes(const State& state, const Change& change) {
  const auto* put = std::get_if<AttemptPut>(&change);
  const auto* gone = std::get_if<AttemptGone>(&change);
  if (put == nullptr && gone == nullptr) {
    return nullptr;
  }
  const JobKey& key = put != nullptr ? put->attempt.key.job : gone->key.job;
  const JobEntry* entry = state.find_job(key.job);
  if (entry == nullptr || entry->job.spec->share_identifier.empty()) {
    return nullptr;
  }
  const LiveAttempt* live = state.find_attempt(key);
  const bool held = live != nullptr && holds_room(live->attempt.state);
  const bool will_hold = put != nullptr && holds_room(put->attempt.state);
  return held == will_hold ? nullptr : entry;
}

template <class Look>
void look_at_shares(const State& state, const std::string& queue, const Look& look) {
  for (auto at = state.shares().lower_bound({queue, {}});
       at != state.shares().end() && at->first.queue == queue; ++at) {
    look(at->first, at->second);
  }
}

}  // namespace

Result<void> check_share(const State& state, const Submission& submission,
                         const JobDefinition& definition) {
  const auto queue = state.queues().find(submission.queue);
  if (queue == state.queues().end() || !is_fair(queue->second)) {
    return submission.scheduling_priority || !submission.share_identifier.empty()
               ? refuse(ErrorCode::BadRequest, std::string(texts::kShareNeedsPolicy))
               : Result<void>();
  }
  if (submission.share_identifier.empty()) {
    return refuse(ErrorCode::BadRequest, std::string(texts::kShareNeeded));
  }
  if (!is_share_name(submission.share_identifier)) {
    return refuse(ErrorCode::BadRequest, "shareIdentifier must be 1 to 255 letters and digits");
  }
  if (!submission.scheduling_priority && !definition.scheduling_priority) {
    return refuse(ErrorCode::BadRequest, std::string(texts::kSchedulingPriorityNeeded));
  }
  if (state.settings().compat_strict) {
    std::uint32_t active = 0;
    look_at_shares(state, submission.queue, [&](const ShareKey& key, const ShareEntry& entry) {
      active += entry.jobs > 0 && key.identifier != submission.share_identifier ? 1 : 0;
    });
    if (active >= kActiveSharesMaxAws) {
      return refuse(ErrorCode::BadRequest, "A job queue cannot have more than 500 active shares");
    }
  }
  return {};
}

const FairShare& fair_share_of(const State& state, const std::string& queue) {
  static const FairShare kDefault;
  const auto found = state.queues().find(queue);
  if (found == state.queues().end()) {
    return kDefault;
  }
  const auto entry =
      state.catalogue().find({ResourceKind::SchedulingPolicy, found->second.scheduling_policy});
  return entry == state.catalogue().end() || !entry->second.fair_share ? kDefault
                                                                       : *entry->second.fair_share;
}

Duration half_life_of(const FairShare& policy) {
  const std::chrono::seconds given(policy.decay_seconds);
  return given == std::chrono::seconds::zero() ? kHalfLifeMin : given;
}

std::int32_t share_weight(const FairShare& policy, const std::string& identifier) {
  std::int32_t weight = ShareWeight::kOne;
  std::size_t longest = 0;  // Of a prefix with its star: never 0.
  for (const ShareWeight& share : policy.shares) {
    if (share.identifier == identifier) {
      return share.weight;
    }
    const std::size_t size = share.identifier.size();
    if (share.identifier.ends_with('*') && size > longest &&
        identifier.compare(0, size - 1, share.identifier, 0, size - 1) == 0) {
      longest = size;
      weight = share.weight;
    }
  }
  return weight;
}

ShareUse use_of(const State& state, const ShareKey& key, const ShareEntry& entry, Instant now) {
  return grown(entry.use, entry.held, now - entry.as_of,
               half_life_of(fair_share_of(state, key.queue)));
}

Resources capacity_of(Pools& pools, const JobQueue& queue) {
  Resources capacity;
  for (const std::string& environment : queue.environments) {
    if (const Pool* pool = pools.find(environment); pool != nullptr) {
      for (const std::size_t index : pool->rooms) {
        capacity += pools.room(index).entry->agent.capacity;
      }
    }
  }
  return capacity;
}

SharedRoom shared_room(const State& state, Pools& pools, const JobQueue& queue) {
  SharedRoom room;
  for (const std::string& environment : queue.environments) {
    const Pool* pool = pools.find(environment);
    const auto known = state.environments().find(environment);
    if (pool != nullptr && pool->cap_left) {
      room.most += pool->cap;
    } else if (known != state.environments().end() && known->second.unmanaged_vcpus) {
      room.most += std::int64_t{*known->second.unmanaged_vcpus} * 1000;
    } else if (pool != nullptr) {
      for (const std::size_t index : pool->rooms) {
        room.most += pools.room(index).entry->agent.capacity.milli_vcpus;
      }
    }
  }
  look_at_shares(state, queue.name, [&room](const ShareKey&, const ShareEntry& entry) {
    room.used += entry.held.milli_vcpus;
    room.active_shares += entry.jobs > 0 ? 1 : 0;
  });
  const std::int64_t percent = fair_share_of(state, queue.name).compute_reservation;
  std::int64_t reserved = percent == 0 ? 0 : room.most;
  for (std::uint32_t i = 0; i < room.active_shares && reserved > 0; ++i) {
    reserved = reserved * percent / 100;
  }
  room.most -= reserved;
  return room;
}

void note_use(Turn& turn, const Change& change) {
  const JobEntry* job =
      turn.state().shares().empty() ? nullptr : job_that_changes(turn.state(), change);
  if (job == nullptr || !turn.state().queues().contains(job->job.spec->queue)) {
    return;
  }
  const ShareKey key{job->job.spec->queue, job->job.spec->share_identifier};
  const ShareEntry& entry = turn.state().shares().at(key);
  if (!entry.at || entry.as_of != turn.now()) {
    turn.put(ShareUsed{key, use_of(turn.state(), key, entry, turn.now()), turn.at(), {}});
  }
}

void forget_old_shares(Turn& turn) {
  const State& state = turn.state();
  if (state.idle_shares() <= kIdleSharesMax) {
    return;
  }
  std::vector<std::pair<std::int64_t, ShareKey>> idle;
  for (const auto& [key, entry] : state.shares()) {
    if (entry.jobs == 0) {
      const ShareUse use = use_of(state, key, entry, turn.now());
      idle.emplace_back(std::max({use.vcpus, use.memory, use.gpus}), key);
    }
  }
  std::sort(idle.begin(), idle.end());
  idle.resize(idle.size() - kIdleSharesMax / 2);
  for (auto& [use, key] : idle) {
    turn.put(ShareForgotten{std::move(key)});
  }
}

void know_shares(Turn& turn, const std::string& queue) {
  std::vector<ShareKey> unknown;
  look_at_shares(turn.state(), queue, [&unknown](const ShareKey& key, const ShareEntry& entry) {
    if (!entry.at) {
      unknown.push_back(key);
    }
  });
  for (ShareKey& key : unknown) {
    turn.put(ShareUsed{std::move(key), {}, turn.at(), {}});
  }
}

void forget_shares(Turn& turn, const std::string& queue) {
  std::vector<ShareKey> known;
  look_at_shares(turn.state(), queue, [&known](const ShareKey& key, const ShareEntry& entry) {
    if (entry.at) {
      known.push_back(key);
    }
  });
  for (ShareKey& key : known) {
    turn.put(ShareForgotten{std::move(key)});
  }
}

}  // namespace dray
