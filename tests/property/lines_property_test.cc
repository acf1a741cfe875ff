#include <cstdint>
#include <random>
#include <string>
#include <variant>

#include <gtest/gtest.h>

#include "tests/support/desk.h"

/// Lines of agents come to rest: once users and jobs do nothing more and agents only answer, no
/// order is given for ever. What is taken back and given again is work for nothing, and keeps out
/// whom it was taken back for.
namespace dray {
namespace {

Settings patient() {
  Settings settings;
  settings.lease = settings.silent_after = std::chrono::hours(100);
  return settings;
}

/// A random story of jobs, agents that begin and end them, priorities and time.
class Town {
 public:
  explicit Town(std::uint32_t seed) : chance_(seed), desk_(patient()) {
    desk_.set_up();
    desk_.add_environment("ce2");
    desk_.add_queue("second", 1 + below(2), {"ce", "ce2"});
    desk_.add_queue("third", 1, {"ce2", "ce"});
    desk_.add_queue("strict", 1, {"ce"});
    if (below(2) == 0) {
      desk_.take(QueueUpdated{{.name = "strict", .order = DispatchOrder::FifoStrict}});
    }
    desk_.take(EntryCreated{
        {.key = {ResourceKind::SchedulingPolicy, "policy"},
         .fair_share = FairShare{.decay_seconds = 30, .compute_reservation = 40 * below(2)}}});
    desk_.take(QueueCreated{{.name = "fair",
                             .priority = 1 + below(2),
                             .environments = {"ce"},
                             .scheduling_policy = "policy"}});
    agents_ = 2 + below(4);
    for (int i = 0; i < agents_; ++i) {
      desk_.join(agent(i), {(2 + below(8)) * 1000, 65'536, 0}, below(4) == 0 ? "ce2" : "ce");
    }
  }

  void live() {
    const int kind = below(10);
    if (kind < 4) {
      submit();
    } else if (kind < 7) {
      for (int i = 0; i < agents_; ++i) {
        desk_.begin_all(agent(i));
      }
    } else if (kind == 7) {
      desk_.end_first(agent(below(agents_)));
    } else if (kind == 8) {
      desk_.pass(std::chrono::minutes(below(60)));
    } else if (jobs_ > 0) {
      const Uuid job{0, static_cast<std::uint64_t>(1 + below(jobs_))};
      desk_.take(JobUpdated{job, {.priority = below(4)}});
    }
  }

  /// Agents answer and begin what they have room for; false when nobody had anything to say.
  bool answer() {
    desk_.keeps_history = true;
    desk_.history.clear();
    for (int i = 0; i < agents_; ++i) {
      auto& one = desk_.agents.at(agent(i));
      if (!one.unacknowledged.empty()) {
        desk_.say(agent(i), {one.unacknowledged.begin(), one.unacknowledged.end()});
      }
      desk_.begin_all(agent(i));
    }
    desk_.tick();
    bool has_orders = false;
    for (const Decision& decision : desk_.history) {
      for (const Order& order : decision.orders) {
        has_orders |= std::holds_alternative<StartAttempts>(order.message) ||
                      std::holds_alternative<RetractAttempts>(order.message);
      }
    }
    return has_orders;
  }

  [[nodiscard]] const std::vector<std::string>& complaints() const { return desk_.complaints; }

 private:
  int below(int most) { return static_cast<int>(chance_() % static_cast<std::uint32_t>(most)); }
  static std::string agent(int number) { return "a" + std::to_string(number); }

  void submit() {
    Submission it = Desk::submission("j", {(1 + below(8)) * 1000, 512 * (1 + below(2)), 0});
    static const char* const kQueues[] = {"q", "q", "second", "third", "strict", "fair"};
    it.queue = kQueues[below(6)];
    if (it.queue == "fair") {
      it.share_identifier = std::string(1, static_cast<char>('a' + below(3)));
      it.scheduling_priority = 0;
    }
    if (below(3) == 0) {
      it.timeout = std::chrono::minutes(1 + below(300));
    }
    if (it.queue == "q" && below(5) == 0) {
      it = Desk::submission("g", {(1 + below(4)) * 1000, 512, 0});
      it.definition = "nodes";
    } else if (below(2) == 0) {
      it.array_size = 2 + below(8);
    }
    jobs_ += std::holds_alternative<JobAccepted>(desk_.submit(it)) ? 1 : 0;
  }

  std::mt19937 chance_;
  Desk desk_;
  int agents_ = 0;
  int jobs_ = 0;
};

TEST(LinesProperty, ComeToRestWhenNothingElseHappens) {
  constexpr int kQuietRounds = 6;
  for (std::uint32_t seed = 1; seed <= 120; ++seed) {
    Town town(seed);
    for (int i = 0; i < 40; ++i) {
      town.live();
    }
    int quiet = 0;
    for (int round = 0; round < 120 && quiet < kQuietRounds; ++round) {
      quiet = town.answer() ? 0 : quiet + 1;
    }
    EXPECT_EQ(quiet, kQuietRounds) << "seed " << seed << " gives orders for ever";
    EXPECT_TRUE(town.complaints().empty()) << "seed " << seed << ": " << town.complaints().front();
  }
}

}  // namespace
}  // namespace dray
