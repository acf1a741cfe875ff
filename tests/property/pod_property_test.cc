#include <algorithm>
#include <chrono>
#include <deque>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "agent/core/pod_step.h"

/// Random pods in a random world: programs that cannot start, end with any code, listen to SIGTERM
/// or do not; stops and kills at any time. Whatever happens, a pod keeps its order and ends.
namespace dray::pod {
namespace {

using Numbers = std::vector<std::uint32_t>;

/// Draws from a list of numbers, and zeros when it is used up.
class Draw {
 public:
  explicit Draw(const Numbers& numbers) : left_(numbers.begin(), numbers.end()) {}
  std::uint32_t below(std::uint32_t bound) {
    if (left_.empty()) {
      return 0;
    }
    const std::uint32_t number = left_.front();
    left_.pop_front();
    return number % bound;
  }
  [[nodiscard]] bool is_empty() const { return left_.empty(); }

 private:
  std::deque<std::uint32_t> left_;
};

/// Dependencies on earlier ones only: no cycle.
std::vector<Member> draw_members(Draw& draw) {
  std::vector<Member> members(1 + draw.below(6));
  for (std::uint32_t at = 0; at < members.size(); ++at) {
    members[at].name = std::to_string(at);
    members[at].role = static_cast<ContainerRole>(draw.below(4));
    members[at].stop_timeout = std::chrono::seconds(1 + draw.below(5));
    if (draw.below(3) == 1) {
      members[at].start_timeout = std::chrono::seconds(1 + draw.below(5));
    }
    for (std::uint32_t on = 0; on < at; ++on) {
      if (draw.below(3) == 1) {
        members[at].depends_on.push_back({on, static_cast<ContainerCondition>(draw.below(3))});
      }
    }
  }
  return members;
}

class PodWorld {
 public:
  explicit PodWorld(Draw& draw) : draw_(draw), pod_(new_pod(draw_members(draw))) {
    runs_.resize(pod_.members.size());
    was_killed_.resize(pod_.members.size());
  }

  void play() {
    settle();
    while (!draw_.is_empty() && !is_finished_) {
      act_at_random();
      settle();
    }
    // Nothing happens any more but time and the ends of what is told to end, or of itself.
    for (int round = 0; round < 200 && !is_finished_; ++round) {
      now_ = now_ + std::chrono::seconds(1);
      for (std::size_t at = 0; at < runs_.size(); ++at) {
        if (runs_[at] && (was_killed_[at] || !pod_.is_ending)) {
          end(at, was_killed_[at] ? 137 : 0);
          break;
        }
      }
      settle();
    }
    RC_ASSERT(is_finished_);
    RC_ASSERT(std::none_of(runs_.begin(), runs_.end(), [](bool runs) { return runs; }));
    check_result();
  }

 private:
  void act_at_random() {
    const std::size_t at = draw_.below(static_cast<std::uint32_t>(runs_.size()));
    switch (draw_.below(8)) {
      case 0:
        take(StopAsked{});
        break;
      case 1:
        take(Killed{});
        was_killed_.assign(runs_.size(), true);
        break;
      case 2:
        now_ = now_ + std::chrono::seconds(draw_.below(4));
        break;
      default:
        if (runs_[at]) {
          end(at, static_cast<std::int32_t>(draw_.below(3)));
        }
    }
  }

  void end(std::size_t at, std::int32_t code) {
    runs_[at] = false;
    take(Exited{at, code, draw_.below(9) == 8 ? "no image" : ""});
  }

  void settle() {
    do {
      has_started_ = false;
      const Decision decision = take(Ticked{});
      if (!is_finished_ && !has_started_ && decision.wake_at) {
        RC_ASSERT(*decision.wake_at > now_);
      }
    } while (has_started_);
  }

  Decision take(const Event& event) {
    const Decision decision = step(pod_, event, now_);
    RC_ASSERT(broken_invariants(pod_).empty());
    for (const Action& action : decision.actions) {
      RC_ASSERT(!is_finished_);
      std::visit([this](const auto& what) { act(what); }, action);
    }
    return decision;
  }

  void act(const Start& action) {
    const std::size_t at = action.container;
    RC_ASSERT(!pod_.is_ending);
    RC_ASSERT(!runs_[at]);
    for (const ContainerDependency& on : pod_.members[at].depends_on) {
      const HeldContainer& needed = pod_.held[on.container];
      RC_ASSERT(needed.phase == Phase::Ended ||
                (needed.phase == Phase::Running && on.condition == ContainerCondition::Start));
      RC_ASSERT(on.condition != ContainerCondition::Success || needed.exit_code == 0);
    }
    has_started_ = true;
    if (draw_.below(9) == 8) {
      take(StartFailed{at, "no program"});
    } else {
      runs_[at] = true;
      take(Started{at});
    }
  }
  void act(const Terminate& action) {
    RC_ASSERT(pod_.is_ending && runs_[action.container]);
    for (std::size_t other = 0; other < runs_.size(); ++other) {
      for (const ContainerDependency& on : pod_.members[other].depends_on) {
        RC_ASSERT(on.container != action.container || !runs_[other]);
      }
    }
  }
  void act(const Kill& action) {
    RC_ASSERT(runs_[action.container]);
    was_killed_[action.container] = true;
  }
  void act(const Finish& action) {
    is_finished_ = true;
    finish_ = action;
  }

  void check_result() {
    bool has_failed = false;
    const auto ends = ends_of(pod_);
    for (std::size_t at = 0; at < ends.size(); ++at) {
      RC_ASSERT(ends[at].has_begun == ends[at].exit_code.has_value());
      RC_ASSERT(ends[at].has_begun || !ends[at].reason.empty());
      has_failed =
          has_failed || (pod_.members[at].role != ContainerRole::Helper && ends[at].exit_code != 0);
    }
    RC_ASSERT((finish_.exit_code != 0 || !finish_.never_started.empty()) == has_failed);
  }

  Draw& draw_;
  State pod_;
  Instant now_;
  std::vector<bool> runs_;
  std::vector<bool> was_killed_;
  bool has_started_ = false;
  bool is_finished_ = false;
  Finish finish_;
};

TEST(PodProperty, KeepsItsOrderAndEnds) {
  EXPECT_TRUE(rc::check([](const Numbers& numbers) {
    Draw draw(numbers);
    PodWorld world(draw);
    world.play();
  }));
}

}  // namespace
}  // namespace dray::pod
