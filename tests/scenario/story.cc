#include "tests/scenario/story.h"

#include <algorithm>
#include <cctype>
#include <cmath>
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

/// "retry if code 7", "exit if status Host EC2* and reason *".
EvaluateOnExit rule_of(const std::string& part) {
  const std::size_t conditions = part.find(" if ");
  EvaluateOnExit rule{.retry = part.substr(0, conditions) == "retry"};
  for (const std::string& condition : split(part.substr(conditions + 4), " and ")) {
    const std::string what = condition.substr(0, condition.find(' '));
    if (what != "code" && what != "reason" && what != "status") {
      not_understood(part);
    }
    std::string& pattern = what == "code"     ? rule.on_exit_code
                           : what == "reason" ? rule.on_reason
                                              : rule.on_status_reason;
    pattern = rest_after(condition, 1);
  }
  return rule;
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
  } else if (verb == "policy") {
    policy(words.at(1), parts);
  } else if (verb == "snapshot") {
    snapshot(words.at(1));
  } else if (verb == "cancel" || verb == "terminate") {
    stop(split(what, " "), verb == "terminate");
  } else if (verb == "keep") {  // "keep 90s": what ended longer ago is deleted.
    expire(duration_of(words.at(1)));
  } else if (verb == "words") {  // "words about J": what users said of it.
    const auto [uuid, child] = job(words.at(2));
    for (const JobNote& note : desk_.rows.notes()) {
      if (note.job == JobKey{desk_.job(uuid).id, child}) {
        std::string kind(name_of(note.kind));
        std::transform(kind.begin(), kind.end(), kind.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        said_.push_back(kind + (note.reason.empty() ? "" : ": " + note.reason));
      }
    }
  } else if (verb == "hold" || verb == "release") {
    // "hold J", "hold J 3,7-9"
    const ChildRuns children = parse_child_runs(rest_after(what, 2)).value_or(ChildRuns());
    answer(desk_.take(
        JobUpdated{job(words.at(1)).first, {.is_held = verb == "hold", .children = children}}));
  } else if (verb == "priority") {  // "priority J 7"
    answer(desk_.take(JobUpdated{job(words.at(1)).first, {.priority = std::stoi(words.at(2))}}));
  } else if (verb == "rerun") {
    answer(desk_.rerun(job(words.at(1)).first,
                       parse_child_runs(rest_after(what, 2)).value_or(ChildRuns())));
  } else if (verb == "limit") {
    limit(parts);
  } else if (verb == "restart") {
    desk_.restart();
    desk_.tick();
  } else if (verb == "show") {
    show(words.at(1));
  } else if (verb == "attempts") {
    show_attempts(words.at(1));
  } else if (verb == "wakes") {
    const std::optional<Instant> at = desk_.decisions.back().wake_at;
    said_.push_back(at ? "at " + std::to_string((*at - start_).count() / 1'000'000) + "s"
                       : "never");
  } else if (verb == "explain") {
    const auto named = job(words.at(1));
    const Reply reply = desk_.take(ExplanationAsked{{named}});
    const auto& jobs = std::get<Explanations>(reply).jobs;
    said_.push_back(jobs.empty() ? "not known" : jobs.front().sentence);
    if (!jobs.empty() && !jobs.front().status_reason.empty()) {
      said_.push_back(jobs.front().status_reason);
    }
  } else if (verb == "remedies") {  // What would make it start.
    const Reply reply = desk_.take(ExplanationAsked{{job(words.at(1))}});
    const auto& jobs = std::get<Explanations>(reply).jobs;
    const auto sentences = jobs.empty() ? Words{"not known"} : jobs.front().would_start_if;
    for (const std::string& sentence : sentences) {
      said_.push_back(with_names(sentence));
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
    if (it.node_count && read_resources(parts[i], request)) {
      it.node_overrides = {{0, NodeRange::kToTheEnd, {}, {}}};
      it.node_overrides[0].container.milli_vcpus = request.milli_vcpus;
      it.node_overrides[0].container.memory_mib = request.memory_mib;
    } else if (read_resources(parts[i], request)) {
      it.milli_vcpus = request.milli_vcpus;
      it.memory_mib = request.memory_mib;
      it.gpus = request.gpus;
    } else if (words.size() == 2 && words[1].starts_with("attempt")) {
      it.retry = RetryStrategy{std::stoi(words[0]), {}};
    } else if (words.size() > 2 && words[1] == "if") {
      it.retry->rules.push_back(rule_of(parts[i]));
    } else if (words[0] == "nodes") {
      it.definition = "nodes";
      it.node_count = std::stoi(words.at(1));
    } else if (words.size() == 2 && words[1] == "containers") {
      desk_.add_pod(std::stoi(words[0]), {1000, 512, 0});
      it.definition = "pod";
    } else if (words[0] == "grows") {  // "grows 200 % up to 1024 MiB", after the attempts.
      it.retry->memory_growth = MemoryGrowth{std::stoi(words.at(1)), std::stoll(words.at(5))};
    } else if (words[0] ==
               "of") {  // "of D": of a definition of its own that is like the usual one.
      JobDefinition definition = desk_.state.definitions().at(it.definition).rbegin()->second;
      it.definition = definition.name = words.at(1);
      desk_.take(DefinitionRegistered{std::move(definition)});
    } else if (words[0] == "timeout") {
      it.timeout = duration_of(words.at(1));
    } else if (words[0] == "array") {
      it.array_size = std::stoi(words.at(1));
    } else if (words[0] == "at" && words[1] == "once") {
      it.limits.running_max = std::stoi(words.at(2));
    } else if (words[0] == "held") {
      it.is_held = true;
    } else if (words[0] == "failures") {
      it.limits.failed_max = std::stoi(words.at(1));
    } else if (words[0] == "queue") {
      it.queue = words.at(1);
    } else if (words[0] == "takes") {
      it.consumables = it.consumables.value_or(std::vector<ConsumableNeed>());
      it.consumables->push_back({words.at(2), std::stoll(words.at(1))});
    } else if (words[0] == "share" || words[0] == "scheduling") {
      share(words, it);
    } else if (words[0] == "after") {
      const DependencyType type = words[1] == "end"       ? DependencyType::AfterAny
                                  : words[1] == "failure" ? DependencyType::AfterNotOk
                                                          : DependencyType::Whole;
      const auto [uuid, child] = job(words.back());
      it.depends_on.push_back({uuid, child, type});
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

/// Jobs by the names that the story gave them.
std::string Story::with_names(std::string text) const {
  for (const auto& [name, uuid] : jobs_) {
    const std::string id = to_string(uuid);
    for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id)) {
      text.replace(at, id.size(), name);
    }
  }
  return text;
}

/// "share S", of schedulingPriority 0; "share S priority 7"; "share S without priority";
/// "scheduling priority 7".
void Story::share(const Words& words, Submission& submission) {
  const bool has_priority = words.size() > 2 && words[words.size() - 2] == "priority";
  submission.scheduling_priority = has_priority ? std::stoi(words.back()) : 0;
  if (words[0] == "share") {
    submission.share_identifier = words.at(1);
  }
  if (words.back() == "priority") {
    submission.scheduling_priority.reset();
  }
}

/// "policy NAME, decay 60s, reserve 50, weight A* 0.5, weight B 2": made, or changed.
void Story::policy(const std::string& name, const std::vector<std::string>& parts) {
  FairShare policy;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Words words = split(parts[i], " ");
    if (words[0] == "decay") {
      policy.decay_seconds =
          static_cast<std::int32_t>(duration_of(words.at(1)) / std::chrono::seconds(1));
    } else if (words[0] == "reserve") {
      policy.compute_reservation = std::stoi(words.at(1));
    } else if (words[0] == "weight") {
      policy.shares.push_back({words.at(1), static_cast<std::int32_t>(std::lround(
                                                std::stod(words.at(2)) * ShareWeight::kOne))});
    } else {
      not_understood(parts[i]);
    }
  }
  const EntryKey key{ResourceKind::SchedulingPolicy, name};
  if (desk_.state.catalogue().contains(key)) {
    answer(desk_.take(EntryUpdated{{.key = key, .fair_share = policy}}));
  } else {
    answer(desk_.take(EntryCreated{{.key = key, .fair_share = policy}}));
  }
}

void Story::snapshot(const std::string& queue) {
  const Reply reply = desk_.take(SnapshotAsked{queue});
  const auto& snapshot = std::get<QueueSnapshot>(reply);
  std::string text = "next";
  for (const FrontJob& front : snapshot.front) {
    text += " " + name(JobKey{desk_.job(front.job.uuid).id, front.job.child});
  }
  said_.push_back(text);
  if (snapshot.shares) {
    text = std::to_string(snapshot.shares->active) + " active";
    for (const SharesUse::Share& share : snapshot.shares->shares) {
      text +=
          ", " + share.identifier + " holds " + std::to_string(share.milli_vcpus) + " milli-vcpus";
    }
    said_.push_back(text);
  }
}

/// "limit J, at once 3, failures 2".
void Story::limit(const std::vector<std::string>& parts) {
  JobUpdate update;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Words words = split(parts[i], " ");
    if (words[0] != "at" && words[0] != "failures") {
      not_understood(parts[i]);
    }
    (words[0] == "at" ? update.running_max : update.failed_max) = std::stoi(words.back());
  }
  answer(desk_.take(JobUpdated{job(split(parts.front(), " ").at(1)).first, update}));
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
    const bool has_code = words.size() > 4 && words[4] != "because";
    const int code = has_code ? std::stoi(words[4]) : outcome == Outcome::Succeeded ? 0 : 1;
    std::string reason;
    for (std::size_t i = has_code ? 6 : 5; i < words.size(); ++i) {
      reason += (reason.empty() ? "" : " ") + words[i];
    }
    if (!desk_.end(name, {desk_.job(uuid).id, child}, outcome, code, reason)) {
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
  if (verb == "consumable") {
    set_consumable(name, parts);
    return;
  }
  if (verb == "let") {
    // "let 2 run in q", "let 2 named J run in q"
    QueueUpdate update{.name = name};
    const std::int32_t most = std::stoi(words.at(1));
    if (words.at(2) == "named") {
      update.running_max_by_name[words.at(3)] = most;
    } else {
      update.running_max = most;
    }
    reply = desk_.take(QueueUpdated{update});
  } else if (verb == "drain" || verb == "undrain") {
    reply = desk_.take(AgentDrained{name, verb == "drain"});
  } else if (verb == "environment") {
    ComputeEnvironment environment{.name = name};
    if (parts.size() > 1) {
      const Words bound = split(parts[1], " ");
      (bound[0] == "unmanaged" ? environment.unmanaged_vcpus : environment.vcpus_max) =
          std::stoi(bound.at(1));
    }
    reply = desk_.take(EnvironmentCreated{environment});
  } else if (verb == "queue") {
    JobQueue queue{.name = name, .priority = std::stoi(split(parts.at(1), " ").at(1))};
    const Words on = split(parts.at(2), " ");
    queue.environments.assign(on.begin() + 1, on.end());
    // "policy P", "cancel on CODE after 10m", "order fifo-strict"
    for (std::size_t i = 3; i < parts.size(); ++i) {
      const Words more = split(parts[i], " ");
      if (more[0] == "order") {
        queue.order = parse_dispatch_order(more.at(1)).value();
        continue;
      }
      if (more[0] != "policy" && more[0] != "cancel") {
        not_understood(parts[i]);
      }
      if (more[0] == "policy") {
        queue.scheduling_policy = more.at(1);
        continue;
      }
      queue.time_limits.push_back({*parse_limit_code(more.at(2)), duration_of(more.at(4))});
    }
    reply = desk_.take(QueueCreated{queue});
  } else if ((verb == "disable" || verb == "enable") && words.at(1) == "queue") {
    reply = desk_.take(QueueUpdated{{.name = name, .is_enabled = verb == "enable"}});
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

/// "consumable seats, total 3" makes it, or sets its total; "used up": it is not given back.
void Story::set_consumable(const std::string& name, const std::vector<std::string>& parts) {
  const EntryKey key{ResourceKind::ConsumableResource, name};
  const std::int64_t total = std::stoll(split(parts.at(1), " ").at(1));
  if (desk_.state.catalogue().contains(key)) {
    answer(desk_.take(QuantityChanged{{name, QuantityOperation::Set, total, {}}}));
    return;
  }
  CatalogueEntry entry;
  entry.key = key;
  entry.stock = Stock{parts.size() < 3, total, {}};
  answer(desk_.take(EntryCreated{std::move(entry)}));
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

void Story::show(const std::string& name) {
  const auto [uuid, child] = job(name);
  const Job& row = desk_.job(uuid);
  std::string text(name_of(desk_.state_of(uuid, child)));
  const JobEntry* entry = desk_.state.find_job(uuid);
  if (child == kNoChild && entry != nullptr && entry->array) {
    for (std::size_t i = 0; i < kJobStates; ++i) {
      if (const std::uint32_t count = entry->array->counts()[i]; count > 0) {
        text += ", " + std::to_string(count) + " " + std::string(name_of(static_cast<JobState>(i)));
      }
    }
  }
  const Reply reply = desk_.take(WaitReasonsAsked{{{uuid, child}}});
  const auto& waits = std::get<WaitReasons>(reply).jobs;
  const std::string reason = !waits.empty()      ? waits.front().second
                             : child == kNoChild ? row.status_reason
                                                 : std::string();
  text += reason.empty() ? "" : ": " + reason;
  text += row.is_cancelled ? ", cancelled" : "";
  text += row.is_terminated ? ", terminated" : "";
  said_.push_back(text);
}

void Story::show_attempts(const std::string& name) {
  const auto [uuid, child] = job(name);
  const JobKey key{desk_.job(uuid).id, child};
  const auto& all = desk_.rows.attempts();
  for (auto at = all.lower_bound({key, 0}); at != all.end() && at->first.job == key; ++at) {
    if (const std::optional<AttemptEnd>& end = at->second.end) {
      said_.push_back(std::to_string(at->first.number) +
                      (end->exit_code ? " exit " + std::to_string(*end->exit_code) : "") + ": " +
                      end->status_reason + (end->reason.empty() ? "" : " | " + end->reason));
    }
  }
}

void Story::answer(const Reply& reply) {
  if (const auto* error = std::get_if<Error>(&reply)) {
    said_.push_back("refused: " + error->reason);
  } else if (std::holds_alternative<UnknownDependencies>(reply)) {
    said_.push_back("unknown dependency");
  } else if (std::holds_alternative<UnknownArray>(reply)) {
    said_.push_back("unknown array");
  }
}

std::pair<Uuid, std::int32_t> Story::job(const std::string& name) const {
  const std::size_t colon = name.find_first_of(":#");
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
  } else if (const auto* reopened = std::get_if<JobReopened>(&change)) {
    said_.push_back(name(reopened->job.id) + " goes on");
  } else if (const auto* rerun = std::get_if<ChildrenRerun>(&change)) {
    const std::string last = rerun->last == rerun->first ? "" : "-" + std::to_string(rerun->last);
    said_.push_back(name(JobKey{rerun->job, rerun->first}) + last + " is run again");
  } else if (const auto* gone = std::get_if<AttemptGone>(&change)) {
    said_.push_back(name(gone->key) + " is void");
  } else if (const auto* entry = std::get_if<EntryPut>(&change); entry && entry->entry.stock) {
    said_.push_back(entry->entry.key.name + ": " + std::to_string(entry->entry.stock->total));
  } else if (const auto* put = std::get_if<AttemptPut>(&change)) {
    const Attempt& attempt = put->attempt;
    if (attempt.state == AttemptState::Running && !attempt.stop_requested) {
      said_.push_back(name(attempt.key) + " began");
    } else if (attempt.state == AttemptState::Ended) {
      said_.push_back(name(attempt.key) + " ended " + std::string(name_of(attempt.end->outcome)) +
                      (is_tried_again(attempt) ? ", will be tried again" : ""));
    } else if (attempt.state == AttemptState::Starting &&
               attempt.ordered_at.epoch_ms !=
                   std::chrono::duration_cast<std::chrono::milliseconds>(desk_.now.since_boot)
                       .count() &&
               !attempt.stop_requested) {
      said_.push_back(name(attempt.key) + " has room now");
    }
  }
}

/// What it is given where that is more than its job asked for.
std::string Story::memory_words(const StartAttempts& order, const JobKey& key) const {
  for (const JobToRun& job : order.jobs) {
    const JobEntry* entry = desk_.state.find_job(key.job);
    if (job.job == key.job && entry != nullptr) {
      const std::int64_t memory_mib = job.spec->container.request.memory_mib;
      const JobSpec& spec = *entry->job.spec;
      return memory_mib == spec.container_of(key.child).request.memory_mib
                 ? std::string()
                 : " with " + std::to_string(memory_mib) + " MiB";
    }
  }
  return {};
}

void Story::tell_order(const Order& order) {
  const std::string agent = agent_name(order.agent);
  if (const auto* welcome = std::get_if<Welcome>(&order.message)) {
    said_.push_back("session " + std::to_string(welcome->session.value) +
                    (welcome->keep.empty() ? "" : ", keep " + names(welcome->keep)));
  } else if (const auto* start = std::get_if<StartAttempts>(&order.message)) {
    for (const StartAttempt& it : start->starts) {
      said_.push_back(name(it.key) + (it.ahead ? " ahead on " : " on ") + agent +
                      memory_words(*start, it.key.job));
    }
  } else if (const auto* retract = std::get_if<RetractAttempts>(&order.message)) {
    said_.push_back("take back " + names(retract->attempts) + " from " + agent);
  } else if (const auto* stop = std::get_if<StopAttempts>(&order.message)) {
    said_.push_back("stop " + names(stop->attempts) + " on " + agent);
  } else if (const auto* acknowledge = std::get_if<AcknowledgeEnds>(&order.message)) {
    said_.push_back(names(acknowledge->attempts) + " acknowledged");
  }
}

bool Story::is_tried_again(const Attempt& attempt) const {
  const JobSpec& spec = *desk_.rows.jobs().at(attempt.key.job.job).spec;
  const bool decides = !spec.is_multi_node() || attempt.key.job.child == spec.main_node;
  return decides && !attempt.is_final;
}

std::string Story::name(JobId id) const {
  return desk_.rows.jobs().at(id).spec->name;
}

std::string Story::name(const JobKey& key) const {
  const char* mark = desk_.rows.jobs().at(key.job).spec->is_multi_node() ? "#" : ":";
  return name(key.job) + (key.is_child() ? mark + std::to_string(key.child) : std::string());
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
