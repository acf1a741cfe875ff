#include <chrono>

#include <gtest/gtest.h>

#include "agent/core/pod_step.h"

namespace dray::pod {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Member essential(std::string name, std::vector<ContainerDependency> needs = {}) {
  return {.name = std::move(name), .depends_on = std::move(needs)};
}

Member helper(std::string name, std::vector<ContainerDependency> needs = {}) {
  return {.name = std::move(name), .role = ContainerRole::Helper, .depends_on = std::move(needs)};
}

/// A pod and what is done with it; every Start is answered at once.
class PodRun {
 public:
  explicit PodRun(std::vector<Member> members) : state(new_pod(std::move(members))) { tick(); }

  void take(const Event& event) {
    const Decision decision = step(state, event, now);
    EXPECT_EQ(broken_invariants(state), std::vector<std::string>{});
    wake_at = decision.wake_at;
    for (const Action& action : decision.actions) {
      if (const auto* start = std::get_if<Start>(&action)) {
        done += "start " + name(start->container) + ";";
        const bool can_start = state.members[start->container].name != "broken";
        take(can_start ? Event(Started{start->container})
                       : Event(StartFailed{start->container, "no such program"}));
        tick();
      } else if (const auto* terminate = std::get_if<Terminate>(&action)) {
        done += "terminate " + name(terminate->container) + ";";
      } else if (const auto* kill = std::get_if<Kill>(&action)) {
        done += "kill " + name(kill->container) + ";";
      } else {
        finish = std::get<Finish>(action);
      }
    }
  }
  void tick() { take(Ticked{}); }
  void exit(std::size_t at, std::int32_t code) {
    take(Exited{at, code, ""});
    tick();
  }
  void after(Duration time) {
    now = now + time;
    tick();
  }
  std::string take_done() { return std::exchange(done, ""); }

  State state;
  Instant now;
  std::optional<Instant> wake_at;
  std::string done;
  std::optional<Finish> finish;

 private:
  [[nodiscard]] std::string name(std::size_t at) const { return state.members[at].name; }
};

TEST(Pod, StartsEachWhenItsDependenciesAreMet) {
  PodRun pod({essential("main", {{1, ContainerCondition::Complete}}),
              helper("sweep", {{2, ContainerCondition::Success}}), helper("load"),
              helper("watch", {{2, ContainerCondition::Start}})});
  EXPECT_EQ(pod.take_done(), "start load;start watch;");
  pod.exit(2, 0);
  EXPECT_EQ(pod.take_done(), "start sweep;");
  pod.exit(1, 3);
  EXPECT_EQ(pod.take_done(), "start main;");
  pod.exit(0, 0);
  EXPECT_EQ(pod.take_done(), "terminate watch;");
  EXPECT_FALSE(pod.finish);
  pod.exit(3, 143);
  EXPECT_EQ(pod.finish, Finish{});
}

TEST(Pod, EndsWithItsFirstEssentialContainer) {
  PodRun pod({essential("a"), essential("b"), helper("c")});
  EXPECT_EQ(pod.take_done(), "start a;start b;start c;");
  pod.exit(2, 1);  // A helper's failure means nothing.
  EXPECT_EQ(pod.take_done(), "");
  pod.exit(1, 9);
  EXPECT_EQ(pod.take_done(), "terminate a;");
  pod.exit(0, 143);
  EXPECT_EQ(pod.finish, (Finish{.exit_code = 9}));
}

TEST(Pod, SucceedsOnlyIfAllEssentialContainersDo) {
  PodRun pod({essential("a"), essential("b")});
  pod.exit(0, 0);
  pod.exit(1, 143);
  EXPECT_EQ(pod.finish, (Finish{.exit_code = 143}));
}

TEST(Pod, GivesUpWhatCanNeverStart) {
  PodRun pod({essential("main", {{1, ContainerCondition::Start}}),
              helper("middle", {{2, ContainerCondition::Success}}), helper("first")});
  pod.exit(2, 4);
  ASSERT_TRUE(pod.finish);
  EXPECT_EQ(pod.finish->never_started, "DependencyNotMet: container middle did not start");
  const auto ends = ends_of(pod.state);
  EXPECT_EQ(ends[2], (ContainerEnd{"first", true, 4, ""}));
  EXPECT_EQ(ends[1].reason, "DependencyNotMet: container first ended with exit code 4");
  EXPECT_FALSE(ends[1].has_begun);
}

TEST(Pod, FailsWithWhatCannotBeStarted) {
  PodRun pod({helper("first"), essential("broken"), helper("last")});
  EXPECT_EQ(pod.take_done(), "start first;start broken;terminate first;");
  EXPECT_EQ(ends_of(pod.state)[2].reason, "NotStarted: container broken has ended");
  pod.exit(0, 0);
  EXPECT_EQ(pod.finish, (Finish{.exit_code = 1, .never_started = "no such program"}));
}

TEST(Pod, TellsOfAnEngineThatNeverGotItsContainerToRun) {
  PodRun pod({essential("a")});
  pod.take(Exited{0, 125, "CannotPullContainerError: no"});
  pod.tick();
  EXPECT_EQ(pod.finish->never_started, "CannotPullContainerError: no");
  EXPECT_FALSE(ends_of(pod.state)[0].has_begun);
}

TEST(Pod, EndsInReverseOrderAndKillsWhatDoesNotListen) {
  Member deaf = helper("proxy");
  deaf.stop_timeout = seconds(2);
  PodRun pod({essential("main", {{1, ContainerCondition::Start}}), deaf});
  pod.take_done();
  pod.take(StopAsked{});
  pod.tick();
  EXPECT_EQ(pod.take_done(), "terminate main;");
  pod.after(seconds(29));
  EXPECT_EQ(pod.take_done(), "");
  pod.after(seconds(1));
  EXPECT_EQ(pod.take_done(), "kill main;");
  pod.exit(0, 137);
  EXPECT_EQ(pod.take_done(), "terminate proxy;");
  EXPECT_EQ(pod.wake_at, pod.now + seconds(2));
  pod.after(seconds(2));
  EXPECT_EQ(pod.take_done(), "kill proxy;");
  pod.exit(1, 137);
  EXPECT_TRUE(pod.finish);
}

TEST(Pod, GivesUpOnOneThatTakesLongerThanItsStartTimeout) {
  Member slow = helper("slow");
  slow.start_timeout = seconds(5);
  PodRun pod({essential("main", {{1, ContainerCondition::Complete}}), slow});
  EXPECT_EQ(pod.wake_at, pod.now + seconds(5));
  pod.after(milliseconds(4999));
  EXPECT_EQ(pod.take_done(), "start slow;");
  pod.after(milliseconds(1));
  EXPECT_EQ(pod.take_done(), "terminate slow;");
  pod.exit(1, 0);
  EXPECT_EQ(pod.finish->never_started,
            "DependencyNotMet: container slow took longer than its startTimeout");
}

TEST(Pod, OfKubernetesRunsInitsFirstAndMembersToTheirEnds) {
  const auto one = [](std::string name, ContainerRole role, std::uint32_t needs) {
    Member member{.name = std::move(name), .role = role};
    if (needs > 0) {
      member.depends_on = {{needs - 1, ContainerCondition::Success}};
    }
    return member;
  };
  const std::vector<Member> members{
      one("i", ContainerRole::Init, 0), one("j", ContainerRole::Init, 1),
      one("a", ContainerRole::Member, 2), one("b", ContainerRole::Member, 2)};
  PodRun good(members);
  EXPECT_EQ(good.take_done(), "start i;");
  good.exit(0, 0);
  EXPECT_EQ(good.take_done(), "start j;");
  good.exit(1, 0);
  EXPECT_EQ(good.take_done(), "start a;start b;");
  good.exit(2, 6);
  EXPECT_EQ(good.take_done(), "");  // The other runs on.
  good.exit(3, 0);
  EXPECT_EQ(good.finish, (Finish{.exit_code = 6}));
  PodRun bad(members);
  bad.exit(0, 2);
  EXPECT_EQ(bad.finish, (Finish{.exit_code = 2}));
  EXPECT_EQ(ends_of(bad.state)[2].reason, "NotStarted: container i has ended");
}

TEST(Pod, WaitsForAllExitsWhenItIsKilled) {
  PodRun pod({essential("a"), helper("b"), helper("c", {{1, ContainerCondition::Complete}})});
  pod.take_done();
  pod.take(Killed{});
  pod.tick();
  EXPECT_EQ(pod.take_done(), "");
  pod.exit(1, 137);
  EXPECT_FALSE(pod.finish);
  pod.exit(0, 137);
  EXPECT_EQ(pod.finish, (Finish{.exit_code = 137}));
}

}  // namespace
}  // namespace dray::pod
