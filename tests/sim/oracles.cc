#include "tests/sim/oracles.h"

#include <algorithm>
#include <utility>

#include "model/names.h"
#include "tests/sim/trace.h"

namespace dray::sim {
namespace {

/// A launch that was decided before a machine was resized begins within this.
constexpr Duration kLaunchTime = std::chrono::milliseconds(100);

}  // namespace

void Oracles::problem(const std::string& text) {
  if (!problem_) {
    problem_ = text;
  }
}

void Oracles::committed(const std::vector<Change>& changes,
                        const std::vector<std::string>& problems) {
  for (const std::string& text : problems) {
    problem(text);
  }
  bool has_attempts = false;
  for (const Change& change : changes) {
    if (const auto* put = std::get_if<AttemptPut>(&change)) {
      has_attempts = true;
      if (put->attempt.state == AttemptState::Ended) {
        check_ended(put->attempt);
      }
    } else if (const auto* moved = std::get_if<JobMoved>(&change)) {
      const bool has_live =
          std::any_of(disk_.live().begin(), disk_.live().end(),
                      [moved](const AttemptKey& key) { return key.job.job == moved->job.id; });
      // A rerun in the same batch may have gone on with it.
      const JobRows* rows = disk_.find(moved->job.id);
      const bool has_ended = rows != nullptr && is_terminal(rows->job.state);
      if (has_ended && is_terminal(moved->job.state) && has_live) {
        problem("job " + std::to_string(moved->job.id.value) + " ended with a live attempt");
      }
    }
  }
  if (has_attempts) {
    check_reserved();
  }
}

void Oracles::check_ended(const Attempt& attempt) {
  const std::string name = "attempt " + to_text(attempt.key);
  const auto ran = ran_.find({attempt.key, attempt.token});
  if (ran != ran_.end() && ran->second.is_live()) {
    problem(name + " is on disk as ended, but its process lives");
  }
  const auto journalled = journalled_.find({attempt.key, attempt.token});
  const std::string& reason = attempt.end->status_reason;
  if (attempt.end->outcome == Outcome::LaunchFailed && attempt.end->reason != "no such program") {
    problem(name + " failed for no fault of its own: " + attempt.end->reason);
  }
  if (journalled != journalled_.end() && journalled->second.outcome == attempt.end->outcome &&
      journalled->second.containers != attempt.end->containers) {
    problem(name + " has other ends of containers than were written down (F8)");
  }
  // A lease that ran out while nobody could tell the end is the one good reason.
  if (attempt.end->outcome == Outcome::Lost && journalled != journalled_.end() &&
      journalled->second.outcome != Outcome::Lost && !attempt.stop_requested &&
      !reason.ends_with("terminated.")) {
    problem(name + " counts as lost, but its end had been written down (F8)");
  }
}

void Oracles::journalled(const supervisor::EndedAttempt& end) {
  journalled_[{end.key, end.token}] = end.end;
}

void Oracles::check_reserved() {
  std::map<AgentId, Resources> reserved;
  for (const AttemptKey& key : disk_.live()) {
    const Attempt& attempt = *disk_.find(key);
    if (attempt.state != AttemptState::Ahead) {
      reserved[attempt.agent] += disk_.find(key.job.job)->request_of(key);
    }
  }
  for (const auto& [id, sum] : reserved) {
    const auto agent = disk_.agents().find(id);
    if (agent == disk_.agents().end() || !sum.fits_in(agent->second.capacity)) {
      problem("more is reserved on agent " + std::to_string(id.value) +
              " than it has: " + to_string(sum));
    }
  }
}

void Oracles::check_capacity(std::size_t machine) {
  Resources sum;
  for (const std::uint64_t process : processes_.live_on(machine)) {
    sum += processes_.witness(process).request;
  }
  const bool is_under_way = timeline_.now() < resized_at_[machine] + kLaunchTime;
  if (!sum.fits_in(capacities_[machine]) && !(is_under_way && sum.fits_in(before_[machine]))) {
    problem("processes on machine " + std::to_string(machine) +
            " use more than it has: " + to_string(sum));
  }
}

void Oracles::resized(std::size_t machine, const Resources& capacity) {
  if (capacity != capacities_[machine]) {
    before_[machine] = std::exchange(capacities_[machine], capacity);
    resized_at_[machine] = timeline_.now();
  }
}

void Oracles::began(const Witness& witness) {
  const std::string name = "attempt " + to_text(witness.key);
  if (!ran_.try_emplace({witness.key, witness.token}, witness).second) {
    problem(name + " was started twice (F7)");
  }
  if (!numbers_begun_.try_emplace(witness.key, witness.token).second) {
    problem(name + " began, was taken back as if it had not, and began again");
  }
  for (const std::uint64_t process : processes_.live()) {
    const Witness& live = processes_.witness(process);
    const bool is_same = live.key == witness.key && live.token == witness.token;
    if (live.key.job == witness.key.job && !is_same) {
      problem("job " + to_text(witness.key.job) + " has two live processes: " + to_text(live.key) +
              " on machine " + std::to_string(live.machine) + " and " + to_text(witness.key) +
              " on machine " + std::to_string(witness.machine));
    }
  }
  const Attempt* attempt = disk_.find(witness.key);
  if (attempt == nullptr || attempt->token != witness.token) {
    problem(name + " began but is not on disk (F1)");
    return;
  }
  if (attempt->state == AttemptState::Ended) {
    problem(name + " began after its end was on disk");
  }
  if (witness.request != disk_.find(witness.key.job.job)->request_of(witness.key)) {
    problem(name +
            " was given something else than what it asks for: " + to_string(witness.request));
  }
  check_capacity(witness.machine);
  check_main_node(witness);
  check_dependencies(witness);
}

void Oracles::ended(const Witness& witness) {
  ran_[{witness.key, witness.token}] = witness;
}

void Oracles::leased(std::size_t machine, Instant until) {
  lease_over_[machine] = std::max(lease_over_[machine], until);
}

void Oracles::check_leases() {
  for (const std::uint64_t process : processes_.live()) {
    const Witness& witness = processes_.witness(process);
    if (timeline_.now() > lease_over_[witness.machine]) {
      problem("attempt " + to_text(witness.key) + " outlives its agent's lease (F6)");
    }
  }
}

void Oracles::check_acknowledged(const std::vector<Acknowledged>& jobs) {
  for (const Acknowledged& job : jobs) {
    const JobRows* rows = disk_.find(job.id);
    if (rows == nullptr || rows->job.uuid != job.uuid) {
      problem("the acknowledged job " + std::to_string(job.id.value) + " is not on disk");
    }
  }
}

/// Whose end is that of the job: of a multi-node job, its main node.
std::int32_t Oracles::deciding(const JobRows& rows, std::int32_t child) {
  const JobSpec& spec = *rows.job.spec;
  return child == kNoChild && spec.is_multi_node() ? spec.main_node : child;
}

bool Oracles::has_succeeded(const JobRows& rows, std::int32_t child) const {
  child = deciding(rows, child);
  for (auto it = rows.attempts.lower_bound({child, 0}); it != rows.attempts.end(); ++it) {
    if (it->first.first != child) {
      break;
    }
    const auto ran = ran_.find({it->second.key, it->second.token});
    if (it->second.is_final && ran != ran_.end() && ran->second.succeeded()) {
      return true;
    }
  }
  return false;
}

bool Oracles::has_succeeded(const JobRows& rows, const Dependency& dependency,
                            std::int32_t child) const {
  if (dependency.type == DependencyType::Sequential) {
    return child == 0 || has_succeeded(rows, child - 1);
  }
  const JobRows* other = disk_.find(dependency.job);
  if (other == nullptr) {
    return false;
  }
  if (dependency.type == DependencyType::NToN) {
    return has_succeeded(*other, child);
  }
  if (dependency.child != kNoChild || !other->job.spec->is_array()) {
    return has_succeeded(*other, dependency.child);
  }
  for (std::int32_t each = 0; each < other->job.spec->array_size; ++each) {
    if (!has_succeeded(*other, each)) {
      return false;
    }
  }
  return true;
}

/// A node begins only when the main node of the same run has.
void Oracles::check_main_node(const Witness& witness) {
  const JobRows& rows = *disk_.find(witness.key.job.job);
  const JobSpec& spec = *rows.job.spec;
  if (!spec.is_multi_node() || witness.key.job.child == spec.main_node) {
    return;
  }
  const auto main = rows.attempts.find({spec.main_node, witness.key.number});
  if (main == rows.attempts.end() || !ran_.contains({main->second.key, main->second.token})) {
    problem("attempt " + to_text(witness.key) + " began before its main node");
  }
}

bool Oracles::has_ended_well(const Dependency& dependency) const {
  const JobRows* other = disk_.find(dependency.job);
  if (other == nullptr) {
    return false;
  }
  std::optional<JobState> end = other->end_of_child(dependency.child);
  if (dependency.child == kNoChild) {
    end = is_terminal(other->job.state) ? std::optional(other->job.state) : std::nullopt;
  }
  return end && is_met_by(dependency.type, *end == JobState::Succeeded);
}

void Oracles::check_dependencies(const Witness& witness) {
  const JobRows& rows = *disk_.find(witness.key.job.job);
  for (const Dependency& dependency : rows.job.spec->depends_on) {
    const JobRows* other = disk_.find(dependency.job);
    if (other != nullptr && !binds(rows.job, other->job)) {
      continue;
    }
    const bool is_own = dependency.type == DependencyType::AfterAny ||
                        dependency.type == DependencyType::AfterNotOk;
    if (is_own ? !has_ended_well(dependency)
               : !has_succeeded(rows, dependency, witness.key.job.child)) {
      problem("attempt " + to_text(witness.key) +
              " began before what its job depends on had ended so");
    }
  }
}

void Oracles::check_end(const JobRows& rows, std::int32_t child, JobState state) {
  child = deciding(rows, child);
  const std::string name = "job " + to_text(JobKey{rows.job.id, child});
  const Attempt* last = nullptr;
  for (auto it = rows.attempts.lower_bound({child, 0}); it != rows.attempts.end(); ++it) {
    if (it->first.first != child) {
      break;
    }
    if (last != nullptr && last->is_final) {
      problem(name + " went on after its final attempt");
    }
    last = &it->second;
  }
  const bool succeeded = has_succeeded(rows, child);
  if (state == JobState::Succeeded && !succeeded) {
    problem(name + " is SUCCEEDED, but its final attempt's process did not exit with 0");
  }
  if (state == JobState::Failed && succeeded) {
    const Outcome outcome = last->end->outcome;
    const bool was_ended = outcome == Outcome::Stopped || outcome == Outcome::TimedOut ||
                           outcome == Outcome::Lost || last->stop_requested;
    if (!was_ended) {
      problem(name + " is FAILED, but its final attempt's process exited with 0");
    }
  }
}

void Oracles::check_ends() {
  for (const auto& [id, rows] : disk_.jobs()) {
    if (!is_terminal(rows.job.state)) {
      problem("job " + std::to_string(id.value) + " has not ended");
      continue;
    }
    if (!rows.job.spec->is_array()) {
      check_end(rows, kNoChild, rows.job.state);
      continue;
    }
    bool all_succeeded = true;
    for (std::int32_t child = 0; child < rows.job.spec->array_size; ++child) {
      const auto end = rows.end_of_child(child);
      if (!end) {
        problem("child " + to_text(JobKey{id, child}) + " of an ended array has not ended");
        continue;
      }
      all_succeeded &= *end == JobState::Succeeded;
      check_end(rows, child, *end);
    }
    if (all_succeeded != (rows.job.state == JobState::Succeeded)) {
      problem("array " + std::to_string(id.value) + " is " +
              std::string(dray::name_of(rows.job.state)) + " (" + rows.job.status_reason +
              "), which is not how its children ended");
    }
  }
}

}  // namespace dray::sim
