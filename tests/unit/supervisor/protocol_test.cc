#include "agent/supervisor/protocol.h"

#include <gtest/gtest.h>

namespace dray::supervisor {
namespace {

constexpr AttemptKey kKey{{JobId{1}, 4}, 2};
constexpr Instant kThen{std::chrono::seconds(5)};

LaunchPlan a_pod_plan() {
  LaunchPlan plan;
  for (const char* program : {"/bin/true", "/bin/false"}) {
    LaunchPlan one;
    one.program = program;
    one.arguments = {program};
    plan.programs.push_back(one);
    plan.members.push_back({.name = program, .stop_timeout = std::chrono::seconds(3)});
  }
  plan.programs[1].engine = EngineWatch{1, "/s.cid", "", "docker: ", 600, {"/bin/rm"}, 1, 2};
  plan.programs[1].folders = {"/s/a", "/s/b"};
  plan.members[1].role = ContainerRole::Helper;
  plan.members[1].depends_on = {{0, ContainerCondition::Complete}};
  plan.members[1].start_timeout = std::chrono::seconds(9);
  return plan;
}

std::vector<ToSupervisor> all_to_supervisor() {
  return {
      Greeting{1, "north"},
      PlannedStart{{kKey, {1, 2}, {1000, 64, 1}, std::chrono::seconds(60)},
                   {"", "/bin/sh", {"sh", "-c", ""}, {"A=b", "C="}, 65534, 65534, std::nullopt}},
      PlannedStart{{kKey, {1, 2}, {1000, 64, 1}, std::nullopt},
                   {"",
                    "/usr/bin/podman",
                    {"podman", "run"},
                    {},
                    0,
                    0,
                    EngineWatch{1, "/s.cid", "/s.pid", "Error: ", 600, {"/bin/rm", "x"}, 1, 2}}},
      PlannedStart{{kKey, {1, 2}, {}, std::nullopt}, {"no", "", {}, {}, 0, 0, std::nullopt}},
      PlannedStart{{kKey, {1, 2}, {}, std::nullopt, std::chrono::seconds(6)}, a_pod_plan()},
      Order{RetractOrder{{kKey}}},
      Order{StopOrder{{kKey, kKey}, std::chrono::seconds(30)}},
      Order{LeaseOrder{kThen}},
      Order{CapacityOrder{{2000, 1024, 0}}},
      Order{AcknowledgeOrder{{kKey}}},
      Order{ForgetOrder{{}}},
      ShutDown{}};
}

std::vector<ToAgent> all_to_agent() {
  const EndedAttempt ended{.key = kKey,
                           .token = {1, 2},
                           .began_at = kThen,
                           .ended_at = kThen,
                           .was_retracted = true,
                           .is_acknowledged = true,
                           .log_size = 1ULL << 40U,
                           .end = {Outcome::OutOfMemory, 137, "reason", "status", {1, 2}}};
  EndedAttempt pod = ended;
  pod.end.containers = {{"a", true, 3, ""}, {"b", false, std::nullopt, "why"}};
  return {Greeting{2, ""},
          Fact{Ended{pod}},
          Fact{Snapshot{{{kKey, {1, 2}, kThen}, {kKey, {3, 4}, std::nullopt}}, {ended}}},
          Fact{Began{kKey, {1, 2}, kThen}},
          Fact{Ended{ended}},
          LogGrew{kKey},
          Shortcomings{"cgroup v2", {"a", "b"}}};
}

std::string body_of(const std::string& frame) {
  return frame.substr(kFrameHead);
}

TEST(Protocol, BringsEveryMessageAcross) {
  for (const ToSupervisor& message : all_to_supervisor()) {
    EXPECT_EQ(decode_to_supervisor(body_of(encode(message))), message);
  }
  for (const ToAgent& message : all_to_agent()) {
    EXPECT_EQ(decode_to_agent(body_of(encode(message))), message);
  }
}

/// Cut short anywhere, or with a byte too many, nothing can be one.
TEST(Protocol, RefusesWhatIsNotWhole) {
  for (const ToSupervisor& message : all_to_supervisor()) {
    const std::string body = body_of(encode(message));
    for (std::size_t length = 0; length < body.size(); ++length) {
      EXPECT_EQ(decode_to_supervisor(body.substr(0, length)), std::nullopt);
    }
    EXPECT_EQ(decode_to_supervisor(body + "x"), std::nullopt);
  }
  for (const ToAgent& message : all_to_agent()) {
    const std::string body = body_of(encode(message));
    for (std::size_t length = 0; length < body.size(); ++length) {
      EXPECT_EQ(decode_to_agent(body.substr(0, length)), std::nullopt);
    }
  }
}

TEST(Protocol, KeepsTheDirectionsApart) {
  for (const ToAgent& message : all_to_agent()) {
    if (!std::holds_alternative<Greeting>(message)) {
      EXPECT_EQ(decode_to_supervisor(body_of(encode(message))), std::nullopt);
    }
  }
}

TEST(Protocol, TakesFramesOneByOneAndChecksTheLengthFirst) {
  const ToSupervisor message = ShutDown{};
  const std::string frames = encode(message) + encode(message);
  std::string_view rest = frames;
  bool is_broken = false;
  EXPECT_TRUE(take_frame(rest, is_broken));
  std::string_view part = rest.substr(0, rest.size() - 1);
  EXPECT_FALSE(take_frame(part, is_broken));
  EXPECT_FALSE(is_broken);
  EXPECT_TRUE(take_frame(rest, is_broken));
  EXPECT_TRUE(rest.empty());
  std::string_view huge("\xff\xff\xff\x7f....", 8);
  EXPECT_FALSE(take_frame(huge, is_broken));
  EXPECT_TRUE(is_broken);
}

}  // namespace
}  // namespace dray::supervisor
