#include "tests/sim/trace.h"

#include <cstdio>

#include "model/names.h"

namespace dray::sim {
namespace {

constexpr std::size_t kLinesKept = 50;

template <class... Parts>
struct Words : Parts... {
  using Parts::operator()...;
};
template <class... Parts>
Words(Parts...) -> Words<Parts...>;

std::string to_text(const std::vector<AttemptKey>& keys) {
  std::string text = "[";
  for (const AttemptKey& key : keys) {
    text += (text.size() > 1 ? " " : "") + sim::to_text(key);
  }
  return text + "]";
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

std::string to_text(const Hello& hello) {
  std::string text = "Hello #" + number(hello.sequence) + " life " + number(hello.incarnation) +
                     " boot " + hello.boot_id + " holds [";
  for (const HeldAttempt& held : hello.held) {
    text += " " + sim::to_text(held.key) + (held.has_begun ? "" : "(ahead)");
  }
  text += " ] ended [";
  for (const HeldAttempt& ended : hello.ended) {
    text += " " + sim::to_text(ended.key) + (ended.has_begun ? "" : "(never began)");
  }
  return text + " ]";
}

std::string to_text(const Facts& facts) {
  std::string text = "Facts s" + number(facts.session.value);
  for (const auto& fact : facts.facts) {
    if (const auto* began = std::get_if<AttemptBegan>(&fact)) {
      text += " " + sim::to_text(began->key) + ":began";
    } else {
      const auto& finished = std::get<AttemptFinished>(fact);
      text += " " + sim::to_text(finished.key) + ":" +
              (finished.was_retracted ? "retracted" : std::string(name_of(finished.end.outcome)));
    }
  }
  return text;
}

std::string to_text(const StartAttempts& starts) {
  std::string text = "Start s" + number(starts.session.value) + " [";
  for (const StartAttempt& start : starts.starts) {
    text += " " + sim::to_text(start.key) + (start.ahead ? "(ahead)" : "");
  }
  return text + " ]";
}

}  // namespace

void Trace::line(Instant at, const std::string& text) {
  char head[32];
  std::snprintf(head, sizeof head, "%12.6f  ",
                static_cast<double>(at.since_boot.count()) / 1'000'000.0);
  std::string whole = head + text;
  for (const char byte : whole) {
    hash_ = (hash_ ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  }
  ++lines_;
  if (is_printed_) {
    std::printf("%s\n", whole.c_str());
  }
  last_.push_back(std::move(whole));
  if (last_.size() > kLinesKept) {
    last_.pop_front();
  }
}

std::string Trace::tail() const {
  std::string text;
  for (const std::string& line : last_) {
    text += line + "\n";
  }
  return text;
}

std::string to_text(const JobKey& key) {
  std::string text = number(key.job.value);
  if (key.is_child()) {
    text += "[" + std::to_string(key.child) + "]";
  }
  return text;
}

std::string to_text(const AttemptKey& key) {
  return to_text(key.job) + "." + number(key.number);
}

std::string to_text(const AgentMessage& message) {
  return std::visit(Words{[](const Hello& hello) { return to_text(hello); },
                          [](const LeaseAsked& lease) {
                            return "LeaseAsked s" + number(lease.session.value) + " #" +
                                   number(lease.number);
                          },
                          [](const Facts& facts) { return to_text(facts); }},
                    message);
}

std::string to_text(const SchedulerMessage& message) {
  return std::visit(
      Words{[](const Welcome& welcome) {
              return "Welcome s" + number(welcome.session.value) + " to hello #" +
                     number(welcome.hello_sequence) + " keep " + to_text(welcome.keep);
            },
            [](const HelloRefused& refused) {
              return "HelloRefused #" + number(refused.hello_sequence) + " " + refused.reason;
            },
            [](const LeaseGranted& lease) {
              return "LeaseGranted s" + number(lease.session.value) + " #" + number(lease.number);
            },
            [](const StartAttempts& starts) { return to_text(starts); },
            [](const RetractAttempts& retract) {
              return "Retract s" + number(retract.session.value) + " " + to_text(retract.attempts);
            },
            [](const StopAttempts& stop) {
              return "Stop s" + number(stop.session.value) + " " + to_text(stop.attempts);
            },
            [](const AcknowledgeEnds& ends) {
              return "AcknowledgeEnds s" + number(ends.session.value) + " " +
                     to_text(ends.attempts);
            }},
      message);
}

}  // namespace dray::sim
