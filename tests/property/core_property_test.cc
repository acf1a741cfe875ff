#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/support/change_texts.h"
#include "tests/support/desk.h"

/// Random stories: users submit, cancel and terminate, agents begin, end, vanish and come back, the
/// scheduler restarts, time passes. After every event the desk looks for broken invariants, and
/// that the changes alone lead to the same State.
namespace dray {
namespace {

struct Move {
  std::uint32_t kind = 0;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
};

std::ostream& operator<<(std::ostream& out, const Move& move) {
  return out << move.kind << '/' << move.a << '/' << move.b;
}

constexpr std::uint32_t kKinds = 30;

rc::Gen<std::vector<Move>> stories() {
  const auto number = rc::gen::inRange<std::uint32_t>(0, 1000);
  return rc::gen::container<std::vector<Move>>(
      rc::gen::build<Move>(rc::gen::set(&Move::kind, rc::gen::inRange<std::uint32_t>(0, kKinds)),
                           rc::gen::set(&Move::a, number), rc::gen::set(&Move::b, number)));
}

Settings quick_settings() {
  Settings settings;
  settings.lease = std::chrono::seconds(60);
  settings.lease_margin = std::chrono::seconds(5);
  settings.ahead_max = 4;
  return settings;
}

class Story {
 public:
  Story() : desk(quick_settings()) {
    desk.set_up();
    desk.add_environment("small", 2);
    desk.add_queue("urgent", 9, {"small", "ce"});
    desk.add_queue("also", 1, {"ce", "small"});
    const EntryKey policy{ResourceKind::SchedulingPolicy, "policy"};
    desk.take(EntryCreated{
        {.key = policy,
         .fair_share = FairShare{
             .decay_seconds = 30, .compute_reservation = 20, .shares = {{"a*", 5'000}}}}});
    add_fair_queue();
  }

  void play(const Move& move) {
    const std::uint32_t a = move.a;
    const std::uint32_t b = move.b;
    switch (move.kind) {
      case 0:
      case 1:
      case 2:
        submit(a, b);
        break;
      case 3:
      case 4:
        desk.take(JobCancelled{
            some_job(a), b % 3 == 0 ? static_cast<int>(b % 5) : kNoChild, {"c", "ann"}});
        break;
      case 5:
        desk.take(JobTerminated{
            some_job(a), b % 3 == 0 ? static_cast<int>(b % 5) : kNoChild, {"t", "ann"}});
        break;
      case 6:
      case 7:
        hello(a, b);
        break;
      case 8:
        desk.disconnect(name(a));
        break;
      case 9:
        reboot(a);
        break;
      case 10:
        desk.pass(std::chrono::seconds(b % 40));
        break;
      case 11:
        desk.take(AgentDrained{name(a), b % 2 == 0});
        break;
      case 12:
        desk.take(EnvironmentUpdated{{.name = a % 2 == 0 ? "ce" : "small",
                                      .is_enabled = b % 3 != 0,
                                      .vcpus_max = static_cast<std::int32_t>(b % 6 + 1)}});
        break;
      case 13:
        desk.take(QueueUpdated{{.name = a % 2 == 0 ? "also" : "urgent",
                                .is_enabled = b % 4 != 0,
                                .priority = static_cast<std::int32_t>(b % 12),
                                .time_limits = {{{static_cast<BlockReason>(1 + b % 3),
                                                  std::chrono::seconds(b % 50)}}}}});
        break;
      case 14:
        if (b % 7 == 0) {
          desk.take(QueueDeleted{"also"});
          desk.take(QueueUpdated{{.name = "fair", .is_enabled = false}});
          desk.take(QueueDeleted{"fair"});
          add_fair_queue();
        } else {
          desk.restart();
        }
        break;
      case 15:
        end_stopping(a);
        break;
      case 16:
        flush(a);
        break;
      case 17:
        forget(a, b);
        break;
      case 18:
        desk.take(JobUpdated{some_job(a), {.is_held = b % 2 == 0}});
        break;
      case 19:
        limit(a, b);
        break;
      case 22:
        limit_queue(a, b);
        break;
      case 24: {
        const auto first = static_cast<std::int32_t>(b % 5);
        const ChildRuns children{{first, first + static_cast<std::int32_t>(a % 3)}};
        desk.take(JobUpdated{some_job(a), {.is_held = b % 3 != 0, .children = children}});
        break;
      }
      case 23:
        desk.take(JobUpdated{some_job(a), {.priority = static_cast<std::int32_t>(b % 4)}});
        break;
      case 20:
      case 21:
        desk.rerun(some_job(a), b % 3 == 0 ? ChildRuns() : ChildRuns{{0, static_cast<int>(b % 4)}});
        break;
      default:
        work(a, b);
        break;
    }
  }

  void heal() {
    for (const auto& [id, job] : desk.rows.jobs()) {
      desk.take(JobUpdated{job.uuid, {.is_held = false}});
    }
    for (auto& [name, agent] : desk.agents) {
      desk.say_hello(name);
    }
    desk.take(EnvironmentUpdated{{.name = "ce", .is_enabled = true, .vcpus_max = 1000}});
    desk.take(EnvironmentUpdated{{.name = "small", .is_enabled = true, .vcpus_max = 1000}});
    desk.join("big", {64'000, 64'000, 0});
    for (int round = 0; round < 12; ++round) {
      for (auto& [name, agent] : desk.agents) {
        if (agent.session.is_none()) {
          desk.say_hello(name);  // Refused while its name is thought to be in use elsewhere.
        }
        desk.take(AgentDrained{name, false});
        flush_agent(agent);
        end_stopping_of(agent);
      }
      desk.run_dry();
      desk.pass(std::chrono::seconds(2));
    }
  }

  Desk desk;

 private:
  DeskAgent& agent(std::uint32_t a) {
    const std::string wanted = name(a);
    if (!desk.agents.contains(wanted)) {
      desk.join(wanted, {(a % 4 + 1) * 1000, 4096, 0}, a % 3 == 0 ? "small" : "ce");
    }
    return desk.agents.at(wanted);
  }
  std::string name(std::uint32_t a) {
    const std::string wanted = "a" + std::to_string(a % 4);
    if (!desk.agents.contains(wanted)) {
      desk.join(wanted, {(a % 4 + 1) * 1000, 4096, 0}, a % 3 == 0 ? "small" : "ce");
    }
    return wanted;
  }
  Uuid some_job(std::uint32_t a) const { return {0, submitted_ == 0 ? 1 : 1 + a % submitted_}; }

  void add_fair_queue() {
    desk.take(QueueCreated{{.name = "fair",
                            .priority = 1,
                            .environments = {"ce", "small"},
                            .scheduling_policy = "policy"}});
  }
  void submit(std::uint32_t a, std::uint32_t b) {
    Submission it =
        Desk::submission(a % 5 == 0 ? "k" : "j", {(a % 3 + 1) * 1000, 512 * (b % 2 + 1), 0});
    it.queue = b % 5 == 0 ? "urgent" : b % 5 == 1 ? "also" : b % 5 == 2 ? "fair" : "q";
    if (it.queue == "fair") {
      it.share_identifier = std::string(1, static_cast<char>('a' + a % 3));
      it.scheduling_priority = static_cast<std::int32_t>(b % 4);
    }
    it.array_size = a % 2 == 0 ? static_cast<std::int32_t>(2 + b % 4) : 0;
    it.retry = RetryStrategy{static_cast<std::int32_t>(1 + a % 3), {}};
    if (it.array_size > 0 && b % 3 == 1) {
      it.limits = {static_cast<std::int32_t>(a / 2 % 4), static_cast<std::int32_t>(b / 3 % 3)};
    }
    if ((a + b) % 3 != 0) {
      it.retry->memory_growth = MemoryGrowth{150 + static_cast<std::int32_t>(a), 1000};
    }
    if (b % 3 == 0 && submitted_ > 0) {
      static constexpr DependencyType kTypes[] = {DependencyType::Whole, DependencyType::AfterAny,
                                                  DependencyType::AfterNotOk};
      it.depends_on.push_back(
          {some_job(a), b % 2 == 0 ? kNoChild : static_cast<int>(b % 4), kTypes[a % 3]});
    }
    if (b % 7 == 0 && submitted_ > 0) {
      it.depends_on.push_back({some_job(b), kNoChild, DependencyType::NToN});
    }
    if (b % 11 == 0) {
      it.depends_on.push_back({{}, kNoChild, DependencyType::Sequential});
    }
    if (std::holds_alternative<JobAccepted>(desk.submit(it))) {
      ++submitted_;
    }
  }

  void limit_queue(std::uint32_t a, std::uint32_t b) {
    QueueUpdate update{.name = a % 4 == 0   ? "also"
                               : a % 4 == 1 ? "urgent"
                               : a % 4 == 2 ? "fair"
                                            : "q"};
    if (b % 2 == 0) {
      update.running_max = static_cast<std::int32_t>(b % 5);
    } else {
      update.running_max_by_name[a % 2 == 0 ? "j" : "k"] = static_cast<std::int32_t>(b % 5);
    }
    update.order = a % 3 == 0 ? DispatchOrder::FifoStrict : DispatchOrder::Backfill;
    desk.take(QueueUpdated{update});
  }

  void limit(std::uint32_t a, std::uint32_t b) {
    JobUpdate update;
    if (b % 3 != 0) {
      update.running_max = static_cast<std::int32_t>(b % 4);
    }
    if (b % 3 != 1) {
      update.failed_max = static_cast<std::int32_t>(a % 4);
    }
    desk.take(JobUpdated{some_job(a + b), update});
  }

  void hello(std::uint32_t a, std::uint32_t b) {
    DeskAgent& it = agent(a);
    if (b % 5 == 0) {
      ++it.incarnation;
    }
    if (b % 7 == 0) {
      it.capacity = {(b % 4 + 1) * 1000, 2048 + 512 * (b % 3), 0};
    }
    desk.say_hello(it.name);
  }

  void reboot(std::uint32_t a) {
    desk.reboot(name(a));
    desk.say_hello(name(a));
  }

  void work(std::uint32_t a, std::uint32_t b) {
    DeskAgent& it = agent(a);
    if (b % 3 == 0) {
      desk.begin_all(it.name);
    } else if (b % 3 == 1) {
      desk.end_first(it.name);
    } else {
      static constexpr Outcome kBad[] = {Outcome::Failed, Outcome::Killed, Outcome::TimedOut,
                                         Outcome::OutOfMemory, Outcome::Lost};
      desk.end_first(it.name, kBad[b % 5]);
    }
    if (b % 2 == 0) {
      desk.renew(it.name);
    }
  }

  void end_stopping_of(DeskAgent& it) {
    const std::vector<DeskAgent::Held> held = it.held;
    for (const DeskAgent::Held& one : held) {
      if (one.is_stopping) {
        desk.end(it.name, one.start.key.job, Outcome::Stopped, 143);
      }
    }
  }
  void end_stopping(std::uint32_t a) { end_stopping_of(agent(a)); }

  void flush_agent(DeskAgent& it) {
    if (!it.session.is_none() && !it.unacknowledged.empty()) {
      desk.say(it.name, {it.unacknowledged.begin(), it.unacknowledged.end()});
    }
  }
  void flush(std::uint32_t a) { flush_agent(agent(a)); }

  /// Orders that never arrived: the agent's line is cut before it says hello again.
  void forget(std::uint32_t a, std::uint32_t b) {
    DeskAgent& it = agent(a);
    while (b-- % 4 != 0 && !it.held.empty() && !it.held.back().has_begun) {
      it.held.pop_back();
    }
    desk.say_hello(it.name);
  }

  std::uint64_t submitted_ = 0;
};

std::string told(const Story& story) {
  std::string text;
  for (const std::string& complaint : story.desk.complaints) {
    text += complaint + "; ";
  }
  return text;
}

TEST(CoreProperty, NoStoryBreaksAnInvariant) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<Move> moves = *stories();
    Story story;
    for (const Move& move : moves) {
      story.play(move);
      RC_ASSERT(told(story) == "");
    }
  }));
}

TEST(CoreProperty, EveryJobEndsWhenTheFaultsEnd) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<Move> moves = *stories();
    Story story;
    for (const Move& move : moves) {
      story.play(move);
    }
    story.heal();
    RC_ASSERT(told(story) == "");
    std::string left;
    for (const auto& [id, job] : story.desk.rows.jobs()) {
      if (!is_terminal(job.state)) {
        left += std::to_string(id.value) + " " + std::string(name_of(job.state)) + "; ";
      }
    }
    RC_ASSERT(left == "");
    RC_ASSERT(story.desk.state.jobs().empty());
  }));
}

TEST(CoreProperty, TheSameStoryIsDecidedTheSame) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<Move> moves = *stories();
    Story first;
    Story second;
    for (const Move& move : moves) {
      first.play(move);
      second.play(move);
      RC_ASSERT(first.desk.decisions.size() == second.desk.decisions.size());
      for (std::size_t i = 0; i < first.desk.decisions.size(); ++i) {
        RC_ASSERT(texts_of(first.desk.decisions[i].changes) ==
                  texts_of(second.desk.decisions[i].changes));
        RC_ASSERT(first.desk.decisions[i].orders.size() == second.desk.decisions[i].orders.size());
      }
    }
  }));
}

}  // namespace
}  // namespace dray
