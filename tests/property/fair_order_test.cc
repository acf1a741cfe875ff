#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/support/desk.h"

/// The order of dispatch of a fair-share queue is what its definition says: every job that starts
/// is compared with a plain reading of contract 3.10, in floating point and with every job looked
/// at. Users are told the same of it.
namespace dray {
namespace {

constexpr std::int32_t kDecaySeconds = 60;
constexpr std::int64_t kSlots = 5;

struct Share {
  std::string identifier;
  double weight = 1;
  double use = 0;  ///< Decayed average of jobs running, at `at`.
  Instant at;
  int running = 0;

  void pass_to(Instant now) {
    const double half_lives = static_cast<double>((now - at).count()) / 1e6 / kDecaySeconds;
    const double left = std::exp2(-half_lives);
    use = use * left + running * (1 - left);
    at = now;
  }
  [[nodiscard]] double weighted() const { return (use + running) * weight; }
};

struct Waiting {
  std::int32_t priority = 0;
  std::uint64_t age = 0;  ///< Smaller is older.
};

/// What the definition says of jobs that all ask for the same.
class Definition {
 public:
  explicit Definition(Instant now) {
    shares_ = {{"a", 1, 0, now}, {"b", 0.5, 0, now}, {"c", 2, 0, now}, {"d", 0.125, 0, now}};
  }
  void submit(std::uint32_t share, std::int32_t priority, std::uint64_t age) {
    waiting_[share].push_back({priority, age});
  }
  void end(std::uint32_t share, Instant now) {
    pass(now);
    --shares_[share].running;
  }
  /// Why this start is against the definition; empty when it is not. It happens.
  std::string start(std::uint64_t age, Instant now) {
    pass(now);
    const auto [share, job] = find(age);
    for (std::uint32_t other = 0; other < shares_.size(); ++other) {
      if (!waiting_[other].empty() &&
          shares_[other].weighted() < shares_[share].weighted() - 1e-6) {
        return "share " + shares_[other].identifier + " has used less than " +
               shares_[share].identifier;
      }
    }
    for (const Waiting& other : waiting_[share]) {
      if (std::pair(-other.priority, other.age) < std::pair(-job.priority, job.age)) {
        return "job " + std::to_string(other.age) + " stands before " + std::to_string(age);
      }
    }
    std::erase_if(waiting_[share], [&](const Waiting& it) { return it.age == age; });
    ++shares_[share].running;
    return "";
  }
  /// Why users are told something else; empty when they are not.
  std::string differs(const SharesStanding& told, Instant now) {
    pass(now);
    double last = 0;
    bool has_idle_before = false;
    for (const ShareStanding& one : told.shares) {
      const auto share = std::find_if(shares_.begin(), shares_.end(), [&](const Share& it) {
        return it.identifier == one.identifier;
      });
      const auto index = static_cast<std::uint32_t>(share - shares_.begin());
      const double use = share->weighted() / static_cast<double>(kSlots);
      const bool is_next = !waiting_[index].empty();
      if (std::abs(static_cast<double>(one.weighted_millionths) / 1e6 - use) > 1e-4 ||
          one.running != static_cast<std::uint64_t>(share->running) ||
          one.waiting != waiting_[index].size()) {
        return "share " + one.identifier + " has used, runs or waits otherwise";
      }
      if (is_next && (has_idle_before || use < last - 1e-6)) {
        return "share " + one.identifier + " stands too far behind";
      }
      has_idle_before = !is_next;
      last = use;
    }
    return "";
  }
  [[nodiscard]] const std::string& name(std::uint32_t share) const {
    return shares_[share].identifier;
  }
  [[nodiscard]] bool has_waiting() const {
    return std::any_of(waiting_.begin(), waiting_.end(),
                       [](const auto& it) { return !it.second.empty(); });
  }
  [[nodiscard]] int running() const {
    int running = 0;
    for (const Share& share : shares_) {
      running += share.running;
    }
    return running;
  }

 private:
  void pass(Instant now) {
    for (Share& share : shares_) {
      share.pass_to(now);
    }
  }
  std::pair<std::uint32_t, Waiting> find(std::uint64_t age) {
    for (const auto& [share, jobs] : waiting_) {
      for (const Waiting& job : jobs) {
        if (job.age == age) {
          return {share, job};
        }
      }
    }
    ADD_FAILURE() << "job " << age << " starts and does not wait";
    return {};
  }

  std::vector<Share> shares_;
  std::map<std::uint32_t, std::vector<Waiting>> waiting_;
};

using Numbers = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>;

class Play {
 public:
  Play() : desk_(patient()), definition_(desk_.now) {
    desk_.inspects = false;
    desk_.keeps_history = true;
    desk_.set_up();
    const FairShare policy{.decay_seconds = kDecaySeconds,
                           .shares = {{"b", 5'000}, {"c", 20'000}, {"d", 1'250}}};
    desk_.take(EntryCreated{{.key = {ResourceKind::SchedulingPolicy, "P"}, .fair_share = policy}});
    desk_.take(QueueCreated{
        {.name = "fair", .priority = 1, .environments = {"ce"}, .scheduling_policy = "P"}});
    desk_.join("a1", {kSlots * 1000, kSlots * 512, 0});
  }

  void move(const Numbers& numbers) {
    const auto [kind, a, b] = numbers;
    switch (kind % 5) {
      case 0:
      case 1:
        submit(a % 4U, b % 3);
        break;
      case 2:
        desk_.pass(std::chrono::milliseconds(100 * a + b));
        break;
      case 3:
        end(a);
        break;
      default:
        if (b % 8 == 0) {
          desk_.restart();
          desk_.say_hello("a1");
        }
        break;
    }
    look();
  }

  /// And nothing waits while there is room.
  void look() {
    for (const Decision& decision : desk_.history) {
      for (const Change& change : decision.changes) {
        if (const auto* put = std::get_if<AttemptPut>(&change);
            put != nullptr && put->attempt.state == AttemptState::Starting) {
          RC_ASSERT(definition_.start(put->attempt.key.job.job.value, desk_.now) == "");
        }
      }
    }
    desk_.history.clear();
    const Reply told = desk_.take(SnapshotAsked{"fair"});
    RC_ASSERT(definition_.differs(*std::get<QueueSnapshot>(told).standing, desk_.now) == "");
    RC_ASSERT(!definition_.has_waiting() || definition_.running() == kSlots);
  }

 private:
  /// No agent is silent.
  static Settings patient() {
    return {.lease = std::chrono::hours(1000), .silent_after = std::chrono::hours(1000)};
  }
  void submit(std::uint32_t share, std::int32_t priority) {
    Submission submission = Desk::submission("job");
    submission.queue = "fair";
    submission.share_identifier = definition_.name(share);
    submission.scheduling_priority = priority;
    definition_.submit(share, priority, desk_.state.last_job().value + 1);
    desk_.put(submission);
    shares_[desk_.state.last_job()] = share;
  }
  void end(std::uint32_t which) {
    const auto& held = desk_.agents.at("a1").held;
    if (held.empty()) {
      return;
    }
    desk_.begin_all("a1");
    const JobKey key = held[which % held.size()].start.key.job;
    definition_.end(shares_.at(key.job), desk_.now);
    desk_.end("a1", key);
  }

  Desk desk_;
  Definition definition_;
  std::map<JobId, std::uint32_t> shares_;
};

TEST(FairOrderProperty, IsTheDefinition) {
  EXPECT_TRUE(rc::check("starts == definition", [](const std::vector<Numbers>& story) {
    Play play;
    for (const Numbers& numbers : story) {
      play.move(numbers);
    }
  }));
}

/// Random stories are short; this one fills and empties the queue for long.
TEST(FairOrderProperty, IsTheDefinitionForLong) {
  EXPECT_TRUE(rc::check("starts == definition", [](std::uint32_t seed) {
    Play play;
    for (int i = 0; i < 100; ++i) {
      seed = seed * 1'664'525 + 1'013'904'223;
      play.move({static_cast<std::uint8_t>(seed >> 24), static_cast<std::uint8_t>(seed >> 16),
                 static_cast<std::uint8_t>(seed >> 8)});
    }
  }));
}

}  // namespace
}  // namespace dray
