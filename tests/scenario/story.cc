#include "tests/scenario/story.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "model/names.h"

namespace dray {
namespace {

std::vector<std::string> split(const std::string& text, const std::string& by) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (true) {
    const std::size_t next = text.find(by, at);
    std::string part = text.substr(at, next - at);
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
    if (!part.empty()) {
      parts.push_back(part);
    }
    if (next == std::string::npos) {
      return parts;
    }
    at = next + by.size();
  }
}

Duration duration_of(const std::string& text) {
  const std::int64_t number = std::stoll(text);
  if (text.ends_with("ms")) {
    return std::chrono::milliseconds(number);
  }
  return text.ends_with("m") ? Duration(std::chrono::minutes(number))
                             : Duration(std::chrono::seconds(number));
}

/// "2 vcpus 4096 MiB", "500 milli-vcpus 64 MiB", each also with "1 gpus".
bool read_resources(const std::string& part, Resources& out) {
  const std::vector<std::string> words = split(part, " ");
  bool found = false;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::int64_t number = std::atoll(words[i].c_str());
    const std::string& unit = words[i + 1];
    if (unit == "vcpus" || unit == "vcpu") {
      out.milli_vcpus = number * 1000;
    } else if (unit == "milli-vcpus") {
      out.milli_vcpus = number;
    } else if (unit == "MiB") {
      out.memory_mib = number;
    } else if (unit == "gpus" || unit == "gpu") {
      out.gpus = number;
    } else {
      return false;
    }
    found = true;
  }
  return found;
}

std::string rest_after(const std::string& text, std::size_t words) {
  std::istringstream in(text);
  std::string skipped;
  while (words-- > 0) {
    in >> skipped;
  }
  std::string rest;
  std::getline(in, rest);
  rest.erase(0, rest.find_first_not_of(' '));
  return rest;
}

[[noreturn]] void not_understood(const std::string& what) {
  throw std::runtime_error("a scenario says what nobody understands: " + what);
}

Outcome outcome_of(const std::string& word) {
  static const std::map<std::string, Outcome> kWords = {{"succeeded", Outcome::Succeeded},
                                                        {"failed", Outcome::Failed},
                                                        {"killed", Outcome::Killed},
                                                        {"timed-out", Outcome::TimedOut},
                                                        {"out-of-memory", Outcome::OutOfMemory},
                                                        {"launch-failed", Outcome::LaunchFailed},
                                                        {"lost", Outcome::Lost},
                                                        {"stopped", Outcome::Stopped}};
  const auto found = kWords.find(word);
  return found == kWords.end() ? (not_understood(word), Outcome::Lost) : found->second;
}

}  // namespace

Story::Story() {
  desk_.keeps_history = true;
  desk_.set_up();
  start_ = desk_.now;
}

std::string Story::play(const std::string& text) {
  std::string out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("at ")) {
      out += line + "\n";
      continue;
    }
    std::string left = line.substr(0, line.find(" -> "));
    left.erase(left.find_last_not_of(' ') + 1);
    const std::vector<std::string> words = split(left, " ");
    desk_.now = start_ + duration_of(words[1]);
    desk_.history.clear();
    said_.clear();
    happen(rest_after(left, 2));
    const std::string right = told();
    out += left;
    if (!right.empty()) {
      out += std::string(left.size() < 47 ? 47 - left.size() : 1, ' ') + "-> " + right;
    }
    out += "\n";
  }
  return out;
}

void Story::happen(const std::string& what) {
  const std::vector<std::string> parts = split(what, ",");
  const Words words = split(parts.front(), " ");
  const std::string& verb = words.front();
  if (verb == "tick") {
    desk_.tick();
  } else if (verb == "submit") {
    submit(parts);
  } else if (verb == "cancel" || verb == "terminate") {
    stop(split(what, " "), verb == "terminate");
  } else if (verb == "keep") {  // "keep 90s": what ended longer ago is deleted.
    expire(duration_of(words.at(1)));
  } else if (verb == "words") {  // "words about J": what users said of it.
    const auto [uuid, child] = job(words.at(2));
    for (const JobNote& note : desk_.rows.notes()) {
      if (note.job == JobKey{desk_.job(uuid).id, child}) {
        said_.push_back((note.kind == NoteKind::Cancel ? "cancel: " : "terminate: ") + note.reason);
      }
    }
  } else if (verb == "restart") {
    desk_.restart();
    desk_.tick();
  } else if (verb == "explain") {
    const auto named = job(words.at(1));
    const Reply reply = desk_.take(ExplanationAsked{{named}});
    const auto& jobs = std::get<Explanations>(reply).jobs;
    said_.push_back(jobs.empty() ? "not known" : jobs.front().sentence);
    if (!jobs.empty() && !jobs.front().status_reason.empty()) {
      said_.push_back(jobs.front().status_reason);
    }
  } else if (words.size() >= 3 && words[1] == "says" && words[2] == "hello") {
    hello(verb, parts);
  } else if (desk_.agents.contains(verb)) {
    act(verb, words);
  } else {
    set(words, parts);
  }
}

void Story::submit(const std::vector<std::string>& parts) {
  const std::string name = split(parts.front(), " ").at(1);
  Submission it = Desk::submission(name);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Words words = split(parts[i], " ");
    Resources request{1000, 512, 0};
    if (read_resources(parts[i], request)) {
      it.milli_vcpus = request.milli_vcpus;
      it.memory_mib = request.memory_mib;
      it.gpus = request.gpus;
    } else if (words.size() == 2 && words[1].starts_with("attempt")) {
      it.retry = RetryStrategy{std::stoi(words[0]), {}};
    } else if (words[0] == "grows") {  // "grows 200 % up to 1024 MiB", after the attempts.
      it.retry->memory_growth = MemoryGrowth{std::stoi(words.at(1)), std::stoll(words.at(5))};
    } else if (words[0] == "array") {
      it.array_size = std::stoi(words.at(1));
    } else if (words[0] == "queue") {
      it.queue = words.at(1);
    } else if (words[0] == "after") {
      const auto [uuid, child] = job(words.at(1));
      it.depends_on.push_back({uuid, child});
    } else if (words[0] == "each") {
      it.depends_on.push_back({job(words.at(2)).first, kNoChild, DependencyType::NToN});
    } else if (words[0] == "in") {
      it.depends_on.push_back({{}, kNoChild, DependencyType::Sequential});
    } else {
      not_understood(parts[i]);
    }
  }
  const Reply reply = desk_.submit(it);
  if (const auto* accepted = std::get_if<JobAccepted>(&reply)) {
    jobs_[name] = accepted->uuid;
  }
  answer(reply);
}

void Story::hello(const std::string& name, const std::vector<std::string>& parts) {
  DeskAgent& agent = desk_.agents[name];
  agent.name = name;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Words words = split(parts[i], " ");
    if (words[0] == "in") {
      agent.environment = words.at(1);
    } else if (!read_resources(parts[i], agent.capacity)) {
      not_understood(parts[i]);
    }
  }
  desk_.say_hello(name);
  if (agent.refusal) {
    said_.push_back("refused: " + *agent.refusal);
  }
}

void Story::act(const std::string& name, const Words& words) {
  DeskAgent& agent = desk_.agents.at(name);
  const std::string& verb = words.at(1);
  if (verb == "begins") {
    desk_.begin_all(name);
  } else if (verb == "ends") {
    const auto [uuid, child] = job(words.at(2));
    const Outcome outcome = outcome_of(words.at(3));
    const int code = words.size() > 4 ? std::stoi(words[4]) : outcome == Outcome::Succeeded ? 0 : 1;
    if (!desk_.end(name, {desk_.job(uuid).id, child}, outcome, code)) {
      not_understood(name + " does not hold " + words.at(2));
    }
  } else if (verb == "renews") {
    desk_.renew(name);
  } else if (verb == "disconnects") {
    desk_.disconnect(name);
  } else if (verb == "reboots") {
    desk_.reboot(name);
    desk_.disconnect(name);
  } else if (verb == "returns") {
    desk_.say(name, {agent.unacknowledged.begin(), agent.unacknowledged.end()});
  } else if (verb == "repeats") {
    --agent.sequence;
    desk_.say_hello(name);
    said_.push_back("refused: " + agent.refusal.value_or("no"));
  } else if (verb == "misses") {
    std::erase_if(agent.held, [](const DeskAgent::Held& it) { return !it.has_begun; });
  } else {
    not_understood(verb);
  }
}

void Story::set(const Words& words, const std::vector<std::string>& parts) {
  const std::string& verb = words.front();
  const std::string& name = words.back();
  Reply reply;
  if (verb == "drain" || verb == "undrain") {
    reply = desk_.take(AgentDrained{name, verb == "drain"});
  } else if (verb == "environment") {
    ComputeEnvironment environment{.name = name};
    if (parts.size() > 1) {
      environment.vcpus_max = std::stoi(split(parts[1], " ").at(1));
    }
    reply = desk_.take(EnvironmentCreated{environment});
  } else if (verb == "queue") {
    JobQueue queue{.name = name, .priority = std::stoi(split(parts.at(1), " ").at(1))};
    const Words on = split(parts.at(2), " ");
    queue.environments.assign(on.begin() + 1, on.end());
    reply = desk_.take(QueueCreated{queue});
  } else if (verb == "disable" && words.at(1) == "queue") {
    reply = desk_.take(QueueUpdated{{.name = name, .is_enabled = false}});
  } else if (verb == "delete" && words.at(1) == "queue") {
    reply = desk_.take(QueueDeleted{name});
  } else if (verb == "delete" && words.at(1) == "environment") {
    reply = desk_.take(EnvironmentDeleted{name});
  } else if ((verb == "disable" || verb == "enable") && words.at(1) == "environment") {
    reply = desk_.take(EnvironmentUpdated{{.name = name, .is_enabled = verb == "enable"}});
  } else {
    not_understood(parts.front());
  }
  answer(reply);
}

void Story::stop(const Words& words, bool is_terminate) {
  const auto [uuid, child] = job(words.at(1));
  std::string reason;
  for (std::size_t i = 2; i < words.size(); ++i) {
    reason += (i == 2 ? "" : " ") + words[i];
  }
  if (is_terminate) {
    answer(desk_.take(JobTerminated{uuid, child, {reason, "ann"}}));
  } else {
    answer(desk_.take(JobCancelled{uuid, child, {reason, "ann"}}));
  }
}

/// As the service does it: every ended job is brought, hidden first, then gone.
void Story::expire(Duration keep) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(desk_.now - Instant{keep});
  for (const ForgettingStep step : {ForgettingStep::Hidden, ForgettingStep::Gone}) {
    JobsExpired expired{.ended_before = {now.count()}, .jobs = {}};
    std::map<JobId, std::string> names;
    for (const auto& [id, row] : desk_.rows.jobs()) {
      if (row.stopped_at) {
        expired.jobs.push_back({id, row.uuid, *row.stopped_at, step});
        names[id] = row.spec->name;
      }
    }
    const Reply reply = desk_.take(std::move(expired));
    for (const JobId id : std::get<JobsLeft>(reply).jobs) {
      said_.push_back(names.at(id) + (step == ForgettingStep::Gone ? " is gone" : " is hidden"));
    }
  }
}

void Story::answer(const Reply& reply) {
  if (const auto* error = std::get_if<Error>(&reply)) {
    said_.push_back("refused: " + error->reason);
  } else if (std::holds_alternative<UnknownDependencies>(reply)) {
    said_.push_back("unknown dependency");
  }
}

std::pair<Uuid, std::int32_t> Story::job(const std::string& name) const {
  const std::size_t colon = name.find(':');
  const auto found = jobs_.find(name.substr(0, colon));
  const std::int32_t child =
      colon == std::string::npos ? kNoChild : std::stoi(name.substr(colon + 1));
  return {found == jobs_.end() ? Uuid{9, 9} : found->second, child};
}

// ---- what the scheduler made of it --------------------------------------------------------------

std::string Story::told() {
  for (const Decision& decision : desk_.history) {
    tell(decision);
  }
  for (const std::string& complaint : desk_.complaints) {
    said_.push_back("BROKEN: " + complaint);
  }
  std::string text;
  for (const std::string& sentence : said_) {
    text += (text.empty() ? "" : "; ") + sentence;
  }
  return text;
}

void Story::tell(const Decision& decision) {
  for (const Change& change : decision.changes) {
    tell_change(change);
  }
  for (const Order& order : decision.orders) {
    tell_order(order);
  }
}

void Story::tell_change(const Change& change) {
  if (const auto* moved = std::get_if<JobMoved>(&change)) {
    const Job& job = moved->job;
    const std::string reason = job.status_reason.empty() ? "" : ": " + job.status_reason;
    if (job.state == JobState::Succeeded) {
      said_.push_back(name(job.id) + " succeeded");
    } else if (job.state == JobState::Failed) {
      said_.push_back(name(job.id) + " failed" + reason);
    }
  } else if (const auto* ended = std::get_if<ChildrenEnded>(&change)) {
    const std::string last = ended->last == ended->first ? "" : "-" + std::to_string(ended->last);
    said_.push_back(name(JobKey{ended->job, ended->first}) + last +
                    " failed: " + ended->status_reason);
  } else if (const auto* gone = std::get_if<AttemptGone>(&change)) {
    said_.push_back(name(gone->key) + " is void");
  } else if (const auto* put = std::get_if<AttemptPut>(&change)) {
    const Attempt& attempt = put->attempt;
    if (attempt.state == AttemptState::Running && !attempt.stop_requested) {
      said_.push_back(name(attempt.key) + " began");
    } else if (attempt.state == AttemptState::Ended) {
      said_.push_back(name(attempt.key) + " ended " + std::string(name_of(attempt.end->outcome)) +
                      (attempt.is_final ? "" : ", will be tried again"));
    } else if (attempt.state == AttemptState::Starting &&
               attempt.ordered_at.epoch_ms !=
                   std::chrono::duration_cast<std::chrono::milliseconds>(desk_.now.since_boot)
                       .count() &&
               !attempt.stop_requested) {
      said_.push_back(name(attempt.key) + " has room now");
    }
  }
}

void Story::tell_order(const Order& order) {
  const std::string agent = agent_name(order.agent);
  if (const auto* welcome = std::get_if<Welcome>(&order.message)) {
    said_.push_back("session " + std::to_string(welcome->session.value) +
                    (welcome->keep.empty() ? "" : ", keep " + names(welcome->keep)));
  } else if (const auto* start = std::get_if<StartAttempts>(&order.message)) {
    for (const StartAttempt& it : start->starts) {
      said_.push_back(name(it.key) + (it.ahead ? " ahead on " : " on ") + agent);
    }
  } else if (const auto* retract = std::get_if<RetractAttempts>(&order.message)) {
    said_.push_back("take back " + names(retract->attempts) + " from " + agent);
  } else if (const auto* stop = std::get_if<StopAttempts>(&order.message)) {
    said_.push_back("stop " + names(stop->attempts) + " on " + agent);
  } else if (const auto* acknowledge = std::get_if<AcknowledgeEnds>(&order.message)) {
    said_.push_back(names(acknowledge->attempts) + " acknowledged");
  }
}

std::string Story::name(JobId id) const {
  return desk_.rows.jobs().at(id).spec->name;
}

std::string Story::name(const JobKey& key) const {
  return name(key.job) + (key.is_child() ? ":" + std::to_string(key.child) : std::string());
}

std::string Story::name(const AttemptKey& key) const {
  return name(key.job) + "." + std::to_string(key.number);
}

std::string Story::names(const std::vector<AttemptKey>& keys) const {
  std::string text;
  for (const AttemptKey& key : keys) {
    text += (text.empty() ? "" : " ") + name(key);
  }
  return text;
}

std::string Story::agent_name(AgentId id) const {
  const AgentEntry* entry = desk_.state.find_agent(id);
  return entry == nullptr ? "nobody" : entry->agent.name;
}

}  // namespace dray
