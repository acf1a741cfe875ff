#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/check.h"
#include "scheduler/core/event.h"
#include "scheduler/core/recovery.h"
#include "scheduler/core/soundness.h"
#include "scheduler/core/state.h"
#include "tests/support/rows.h"

namespace dray {

/// A disk that remembers exactly the rows: fed with changes, it tells them again as the store's
/// loader does.
class RowCopy {
 public:
  void write(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
      std::visit(*this, change);
    }
  }

  [[nodiscard]] State load(const Settings& settings, Instant now) const {
    State state(settings);
    Soundness soundness;
    const WallTime wall{
        std::chrono::duration_cast<std::chrono::milliseconds>(now.since_boot).count()};
    const auto tell = [&](const Change& change) {
      CHECK(!soundness.problem_with(change));
      recover(state, change, now, wall);
    };
    for (const auto& [name, row] : environments_) {
      tell(EnvironmentPut{row});
    }
    for (const auto& [name, row] : queues_) {
      tell(QueuePut{row});
    }
    for (const auto& [name, row] : definitions_) {
      tell(DefinitionPut{row});
    }
    for (const auto& [id, row] : agents_) {
      tell(AgentPut{row});
    }
    for (const auto& [key, row] : catalogue_) {
      tell(EntryPut{row});
    }
    for (const auto& [id, row] : keys_) {
      tell(AccessKeyPut{row});
    }
    for (const auto& [key, row] : shares_) {
      tell(row);
    }
    tell(SessionGranted{session_});
    if (!jobs_.empty() && is_terminal(jobs_.rbegin()->second.state)) {
      tell(JobRetired{jobs_.rbegin()->first});
    }
    const std::set<Uuid> needed = needed_by_the_living();
    for (const auto& [id, job] : jobs_) {
      CHECK(!needed.contains(job.uuid) || !hidden_.contains(id));
      if (!is_terminal(job.state) || needed.contains(job.uuid)) {
        tell(JobAdded{job});
        tell_children(id, tell);
      }
    }
    return state;
  }

  [[nodiscard]] const JobRows& jobs() const { return jobs_; }
  [[nodiscard]] const AttemptRows& attempts() const { return attempts_; }
  [[nodiscard]] const EndedRows& ended() const { return ended_; }
  [[nodiscard]] const std::map<JobId, StateCounts>& counts() const { return counts_; }

  [[nodiscard]] const std::vector<JobNote>& notes() const { return notes_; }

  /// How that job or child ended, as the store's reader would say; nothing while it lives.
  [[nodiscard]] std::optional<JobState> end_of(const Job& job, std::int32_t child) const {
    if (child == kNoChild) {
      return is_terminal(job.state) ? std::optional(job.state) : std::nullopt;
    }
    for (const auto& [key, run] : ended_) {
      if (key.first == job.id && run.first <= child && child <= run.last) {
        return run.state;
      }
    }
    for (const auto& [key, attempt] : attempts_) {
      if (key.job == JobKey{job.id, child} && attempt.is_final) {
        const bool ok = attempt.end->outcome == Outcome::Succeeded && !attempt.stop_requested;
        return ok ? JobState::Succeeded : JobState::Failed;
      }
    }
    return std::nullopt;
  }

  void operator()(const EnvironmentPut& it) { environments_[it.environment.name] = it.environment; }
  void operator()(const EnvironmentGone& it) { environments_.erase(it.name); }
  void operator()(const QueuePut& it) { queues_[it.queue.name] = it.queue; }
  void operator()(const QueueGone& it) { queues_.erase(it.name); }
  void operator()(const DefinitionPut& it) {
    definitions_[{it.definition.name, it.definition.revision}] = it.definition;
  }
  void operator()(const AgentPut& it) { agents_[it.agent.id] = it.agent; }
  void operator()(const SessionGranted& it) { session_ = it.session; }
  void operator()(const AccessKeyPut& it) { keys_[it.key.id] = it.key; }
  void operator()(const AccessKeyGone& it) { keys_.erase(it.id); }
  void operator()(const InvocationKept&) {}
  void operator()(const EntryPut& it) { catalogue_[it.entry.key] = it.entry; }
  void operator()(const EntryGone& it) { catalogue_.erase(it.key); }
  void operator()(const ShareUsed& it) { shares_[it.share] = it; }
  void operator()(const ShareForgotten& it) { shares_.erase(it.share); }
  void operator()(const JobTagged& it) { put(it, jobs_); }
  void operator()(const JobForgotten& it) {
    hidden_.insert(it.what.job);
    if (it.what.step == ForgettingStep::Gone) {
      const JobId id = it.what.job;
      jobs_.erase(id);
      counts_.erase(id);
      std::erase_if(ended_, [id](const auto& row) { return row.first.first == id; });
      std::erase_if(attempts_, [id](const auto& row) { return row.first.job.job == id; });
      std::erase_if(notes_, [id](const JobNote& note) { return note.job.job == id; });
    }
  }
  void operator()(const JobAdded& it) { jobs_[it.job.id] = it.job; }
  void operator()(const JobMoved& it) {
    const auto spec = jobs_.at(it.job.id).spec;
    jobs_[it.job.id] = it.job;
    jobs_[it.job.id].spec = spec;
  }
  void operator()(const JobReopened& it) { jobs_[it.job.id] = it.job; }
  void operator()(const ChildrenRerun& it) { put(it, attempts_, ended_); }
  void operator()(const ChildrenEnded& it) { ended_[{it.job, it.first}] = it; }
  void operator()(const ArrayCounted& it) { counts_[it.job] = it.counts; }
  void operator()(const AttemptPut& it) { attempts_[it.attempt.key] = it.attempt; }
  void operator()(const AttemptGone& it) { attempts_.erase(it.key); }
  void operator()(const JobNoted& it) { notes_.push_back(it.note); }
  void operator()(const JobRetired&) {}

  /// As the store's reader: an array that has ended, for a rerun.
  [[nodiscard]] std::optional<EndedArray> ended_array(const Uuid& uuid) const {
    const Job* job = find(uuid);
    if (job == nullptr || !is_terminal(job->state)) {
      return std::nullopt;
    }
    Array children(job->spec->array_size);
    for (std::int32_t child = 0; child < children.size(); ++child) {
      for (const auto& [key, attempt] : attempts_) {
        if (key.job == JobKey{job->id, child}) {
          children.count_attempt(child, static_cast<std::uint8_t>(key.number));
        }
      }
      children.move(child, end_of(*job, child) == JobState::Succeeded ? ChildState::Succeeded
                                                                      : ChildState::Failed);
    }
    return EndedArray{*job, std::make_shared<const Array>(std::move(children))};
  }

 private:
  [[nodiscard]] const Job* find(const Uuid& uuid) const {
    for (const auto& [id, job] : jobs_) {
      if (job.uuid == uuid) {
        return &job;
      }
    }
    return nullptr;
  }
  [[nodiscard]] std::set<Uuid> needed_by_the_living() const {
    std::set<Uuid> needed;
    for (const auto& [id, job] : jobs_) {
      for (const Dependency& on : job.spec->depends_on) {
        const Job* other = find(on.job);
        if (!is_terminal(job.state) && other != nullptr && binds(job, *other)) {
          needed.insert(on.job);
        }
      }
    }
    return needed;
  }

  template <class Tell>
  void tell_children(JobId id, const Tell& tell) const {
    for (auto at = ended_.lower_bound({id, 0}); at != ended_.end() && at->first.first == id; ++at) {
      tell(at->second);
    }
    for (auto at = attempts_.lower_bound({{id, kNoChild}, 0});
         at != attempts_.end() && at->first.job.job == id; ++at) {
      tell(AttemptPut{at->second});
    }
  }

  std::map<std::string, ComputeEnvironment> environments_;
  std::map<std::string, AccessKey> keys_;
  std::map<std::string, JobQueue> queues_;
  std::map<EntryKey, CatalogueEntry> catalogue_;
  std::map<ShareKey, ShareUsed> shares_;
  std::map<std::pair<std::string, std::int32_t>, JobDefinition> definitions_;
  std::map<AgentId, Agent> agents_;
  SessionId session_;
  JobRows jobs_;
  EndedRows ended_;
  AttemptRows attempts_;
  std::map<JobId, StateCounts> counts_;
  std::vector<JobNote> notes_;
  std::set<JobId> hidden_;  ///< Those that are leaving or have left.
};

}  // namespace dray
