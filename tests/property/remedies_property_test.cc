#include <algorithm>
#include <cstdint>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/support/desk.h"

/// What explain says would make a job start does: after a random story, every sentence about every
/// waiting job is read and done, each on a copy of the desk, and the job starts.
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

constexpr std::uint32_t kKinds = 22;

rc::Gen<std::vector<Move>> stories() {
  const auto number = rc::gen::inRange<std::uint32_t>(0, 1000);
  return rc::gen::scale(3.0,
                        rc::gen::container<std::vector<Move>>(rc::gen::build<Move>(
                            rc::gen::set(&Move::kind, rc::gen::inRange<std::uint32_t>(0, kKinds)),
                            rc::gen::set(&Move::a, number), rc::gen::set(&Move::b, number))));
}

class Cluster {
 public:
  Cluster() {
    desk.set_up();
    desk.add_environment("small", 3);
    desk.add_queue("urgent", 9, {"small", "ce"});
    CatalogueEntry seats;
    seats.key = {ResourceKind::ConsumableResource, "seats"};
    seats.stock = Stock{true, 3, {}};
    desk.take(EntryCreated{seats});
    desk.inspects = false;
  }

  void play(const Move& move) {
    const std::uint32_t a = move.a;
    const std::uint32_t b = move.b;
    switch (move.kind) {
      case 0:
      case 1:
        desk.join(name(a), {(b % 4 + 1) * 1000, 2048, 0}, a % 3 == 0 ? "small" : "ce");
        break;
      case 2:
        desk.take(AgentDrained{name(a), b % 3 != 0});
        break;
      case 3:
        if (desk.agents.contains(name(a))) {
          desk.disconnect(name(a));
        }
        break;
      case 4:
        desk.pass(std::chrono::seconds(b % 20));
        break;
      case 5:
        desk.take(JobUpdated{some_job(a), {.is_held = b % 3 != 0}});
        break;
      case 6:
        limit_queue(a, b);
        break;
      case 7:
        desk.take(EnvironmentUpdated{{.name = a % 2 == 0 ? "ce" : "small",
                                      .is_enabled = b % 4 != 0,
                                      .vcpus_max = static_cast<std::int32_t>(b % 6 + 1)}});
        break;
      case 8:
        desk.take(JobTerminated{some_job(a), kNoChild, {"t", "ann"}});
        break;
      case 11:
        desk.take(JobUpdated{some_job(a), {.priority = static_cast<std::int32_t>(b % 4)}});
        desk.take(QueueUpdated{
            {.name = "q",
             .order = b % 2 == 0 ? DispatchOrder::FifoStrict : DispatchOrder::Backfill}});
        break;
      case 9:
      case 10:
        work(a, b);
        break;
      default:
        submit(a, b);
        break;
    }
  }

  [[nodiscard]] std::uint64_t jobs() const { return submitted_; }
  Desk desk;

 private:
  static std::string name(std::uint32_t a) { return "a" + std::to_string(a % 4); }
  [[nodiscard]] Uuid some_job(std::uint32_t a) const {
    return {0, submitted_ == 0 ? 1 : 1 + a % submitted_};
  }

  void submit(std::uint32_t a, std::uint32_t b) {
    Submission it = Desk::submission(a % 5 == 0 ? "k" : "j", {(a % 5 + 1) * 1000, 512, 0});
    it.queue = b % 4 == 0 ? "urgent" : "q";
    if (a % 7 == 0) {
      it.definition = "nodes";
      it.node_count = static_cast<std::int32_t>(2 + b % 2);
    } else if (a % 2 == 0) {
      it.array_size = static_cast<std::int32_t>(2 + b % 3);
      it.limits.running_max = static_cast<std::int32_t>(b % 3);
    }
    if (b % 5 == 0) {
      it.consumables = {{"seats", 1 + static_cast<std::int64_t>(a % 4)}};
    }
    if (std::holds_alternative<JobAccepted>(desk.submit(it))) {
      ++submitted_;
    }
  }

  void limit_queue(std::uint32_t a, std::uint32_t b) {
    QueueUpdate update{.name = a % 2 == 0 ? "urgent" : "q"};
    if (b % 2 == 0) {
      update.running_max = static_cast<std::int32_t>(b % 5);
    } else {
      update.running_max_by_name[a % 3 == 0 ? "j" : "k"] = static_cast<std::int32_t>(b % 4);
    }
    desk.take(QueueUpdated{update});
  }

  void work(std::uint32_t a, std::uint32_t b) {
    if (!desk.agents.contains(name(a))) {
      return;
    }
    desk.begin_all(name(a));
    if (b % 2 == 0) {
      desk.end_first(name(a));
    }
    desk.renew(name(a));
  }

  std::uint64_t submitted_ = 0;
};

std::int64_t amount(const std::string& text, const std::string& unit) {
  std::smatch found;
  return std::regex_search(text, found, std::regex("([0-9.]+) " + unit))
             ? static_cast<std::int64_t>(std::stod(found[1]) * 1000)
             : 0;
}

Resources amounts(const std::string& text) {
  return {amount(text, "vCPU"), amount(text, "MiB") / 1000, amount(text, "GPU") / 1000};
}

/// Ends each of them, where its agent can be heard.
bool end_holders(Desk& desk, const std::string& text) {
  static const std::regex kJob("[0-9a-f]{8}-[0-9a-f-]{27}([:#]([0-9]+))?");
  std::vector<JobKey> keys;
  for (std::sregex_iterator at(text.begin(), text.end(), kJob), end; at != end; ++at) {
    const JobEntry* entry = desk.state.find_job(*parse_uuid(at->str().substr(0, 36)));
    const std::string child = (*at)[2];
    keys.push_back({entry->job.id, child.empty() ? kNoChild : std::stoi(child)});
  }
  if (keys.size() > 1) {
    return false;  // They would have to end at once.
  }
  for (const JobKey& key : keys) {
    const LiveAttempt* live = desk.state.find_attempt(key);
    if (live == nullptr) {
      return false;
    }
    const std::string agent = desk.state.find_agent(live->attempt.agent)->agent.name;
    if (desk.agents.at(agent).session.is_none()) {
      return false;
    }
    desk.begin_all(agent);
    if (!desk.end(agent, key)) {
      return false;
    }
  }
  return !keys.empty();
}

/// Does what a sentence says; false when it leaves open how.
bool does(Desk& desk, const std::string& sentence, const JobEntry& job) {
  std::smatch it;
  const auto is = [&](const char* form) {
    return std::regex_match(sentence, it, std::regex(form, std::regex::icase));
  };
  if (is("an agent with at least (.*) joins environment (\\w+)( \\(.*\\))?")) {
    desk.join("new", amounts(it[1]), it[2]);
  } else if (is("agent (\\w+) takes new work again .*")) {
    desk.take(AgentDrained{it[1], false});
  } else if (is("agent (\\w+) is heard again .*")) {
    desk.say_hello(it[1]);
  } else if (is("it is released .*")) {
    desk.take(JobUpdated{job.job.uuid, {.is_held = false}});
  } else if (is("queue (\\w+) lets (\\d+) jobs run at once.*")) {
    desk.take(QueueUpdated{{.name = it[1], .running_max = std::stoi(it[2])}});
  } else if (is("queue (\\w+) lets (\\d+) jobs named (\\w+) run at once.*")) {
    QueueUpdate update{.name = it[1]};
    update.running_max_by_name[it[3]] = std::stoi(it[2]);
    desk.take(QueueUpdated{update});
  } else if (is("its array may run (\\d+) children at once.*")) {
    desk.take(JobUpdated{job.job.uuid, {.running_max = std::stoi(it[1])}});
  } else if (is("environment (\\w+) has a maxvCpus of (\\d+) or more.*")) {
    desk.take(EnvironmentUpdated{{.name = it[1], .vcpus_max = std::stoi(it[2])}});
  } else if (is("compute environment (\\w+) is enabled")) {
    desk.take(EnvironmentUpdated{{.name = it[1], .is_enabled = true}});
  } else if (is(".*consumable resource seats.* total is (\\d+) or more")) {
    desk.take(QuantityChanged{{"seats", QuantityOperation::Set, std::stoi(it[1]), {}}});
  } else if (is("agent (\\w+) has .* more free \\((.*)\\)") &&
             sentence.find("of other queues") == std::string::npos &&
             sentence.find(" more hold") == std::string::npos) {
    return end_holders(desk, it[2]);
  } else {
    return false;
  }
  return true;
}

/// Nothing when the sentence tells of something that cannot be done at once.
std::optional<bool> starts_by(Desk desk, const JobKey& key, std::string sentence) {
  const JobEntry entry = *desk.state.find_job(key.job);
  if (sentence.find(" once ") != std::string::npos) {
    return std::nullopt;
  }
  sentence.pop_back();
  // Several things at once cannot be done one after the other: others may come between.
  if (sentence.find(", and ") != std::string::npos || !does(desk, sentence, entry)) {
    return std::nullopt;
  }
  const JobKey first = entry.is_gang() ? JobKey{key.job, entry.job.spec->main_node} : key;
  const LiveAttempt* live = desk.state.find_attempt(first);
  return live != nullptr && live->attempt.state != AttemptState::Ahead;
}

TEST(RemediesProperty, EachIsEnoughToMakeTheJobStart) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<Move> moves = *stories();
    Cluster cluster;
    for (const Move& move : moves) {
      cluster.play(move);
    }
    cluster.desk.tick();
    std::size_t done = 0;
    for (std::uint64_t number = 1; number <= cluster.jobs(); ++number) {
      const JobEntry* entry = cluster.desk.state.find_job(Uuid{0, number});
      if (entry == nullptr || is_terminal(entry->job.state)) {
        continue;
      }
      const std::int32_t children = entry->has_children() ? entry->array->size() : 0;
      const std::int32_t first = children > 0 ? 0 : kNoChild;
      for (std::int32_t child = first; child < std::max(children, first + 1); ++child) {
        const JobKey key{entry->job.id, child};
        const Reply reply = cluster.desk.take(ExplanationAsked{{{entry->job.uuid, child}}});
        const Explanation& told = std::get<Explanations>(reply).jobs.front();
        for (const std::string& sentence : told.would_start_if) {
          const std::optional<bool> starts = starts_by(cluster.desk, key, sentence);
          done += starts ? 1 : 0;
          RC_LOG() << to_string(entry->job.uuid) << ":" << child << " " << told.sentence << " | "
                   << sentence << std::endl;
          RC_ASSERT(starts.value_or(true));
        }
      }
    }
    RC_TAG(done == 0 ? "nothing to do" : done < 10 ? "some" : "many");
  }));
}

}  // namespace
}  // namespace dray
