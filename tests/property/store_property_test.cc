#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "scheduler/core/state.h"
#include "tests/support/rows.h"
#include "tests/unit/store/store_room.h"

namespace dray {
namespace {

/// The disk as it should be: rows in maps, every change put plainly, one after another.
class NaiveRows {
 public:
  void apply(const Change& change) { std::visit(*this, change); }

  /// What the loader owes: see loader.h.
  [[nodiscard]] std::vector<Change> told() const {
    std::vector<Change> changes;
    for (const auto& rows : {environments_, queues_, definitions_, agents_, keys_}) {
      for (const auto& [key, change] : rows) {
        changes.push_back(change);
      }
    }
    for (const auto& [key, entry] : catalogue_) {
      changes.push_back(EntryPut{entry});
    }
    for (const auto& [key, used] : shares_) {
      changes.push_back(used);
    }
    changes.push_back(SessionGranted{session_});
    if (!jobs_.empty() && is_terminal(jobs_.rbegin()->second.state)) {
      changes.push_back(JobRetired{jobs_.rbegin()->first});
    }
    const std::set<Uuid> needed = needed_by_living();
    for (const auto& [id, job] : jobs_) {
      if (!is_terminal(job.state) || needed.contains(job.uuid)) {
        tell(id, changes);
      }
    }
    return changes;
  }
  [[nodiscard]] const JobRows& jobs() const { return jobs_; }

  void operator()(const EnvironmentPut& it) { environments_[{it.environment.name, 0}] = it; }
  void operator()(const EnvironmentGone& it) { environments_.erase({it.name, 0}); }
  void operator()(const QueuePut& it) { queues_[{it.queue.name, 0}] = it; }
  void operator()(const QueueGone& it) { queues_.erase({it.name, 0}); }
  void operator()(const DefinitionPut& it) {
    definitions_[{it.definition.name, it.definition.revision}] = it;
  }
  void operator()(const AgentPut& it) { agents_[{"", it.agent.id.value}] = it; }
  void operator()(const SessionGranted& it) { session_ = it.session; }
  void operator()(const JobAdded& it) { jobs_[it.job.id] = it.job; }
  void operator()(const JobMoved& it) {
    Job& job = jobs_.at(it.job.id);
    const auto spec = job.spec;
    job = it.job;
    job.spec = spec;
  }
  void operator()(const JobReopened& it) { jobs_[it.job.id] = it.job; }
  void operator()(const ChildrenRerun& it) { put(it, attempts_, ended_); }
  void operator()(const ChildrenEnded& it) { ended_[{it.job, it.first}] = it; }
  void operator()(const AccessKeyPut& it) { keys_[{it.key.id, 0}] = it; }
  void operator()(const AccessKeyGone& it) { keys_.erase({it.id, 0}); }
  void operator()(const InvocationKept&) {}
  void operator()(const EntryPut& it) { catalogue_[words_of(it.entry.key)] = it.entry; }
  void operator()(const EntryGone& it) { catalogue_.erase(words_of(it.key)); }
  void operator()(const ShareUsed& it) { shares_[it.share] = it; }
  void operator()(const ShareForgotten& it) { shares_.erase(it.share); }
  void operator()(const JobTagged& it) { put(it, jobs_); }
  void operator()(const ArrayCounted&) {}
  void operator()(const AttemptPut& it) { attempts_[it.attempt.key] = it.attempt; }
  void operator()(const AttemptGone& it) { attempts_.erase(it.key); }
  void operator()(const JobNoted&) {}
  void operator()(const JobForgotten&) {}  // tests/unit/store/retention_test.cc
  void operator()(const JobRetired&) {}

 private:
  using Rows = std::map<std::pair<std::string, std::uint64_t>, Change>;

  /// By what rows are sorted by.
  static std::pair<std::string, std::string> words_of(const EntryKey& key) {
    return {std::string(name_of(key.kind)), key.name};
  }

  [[nodiscard]] std::set<Uuid> needed_by_living() const {
    std::set<Uuid> needed;
    for (const auto& [id, job] : jobs_) {
      if (!is_terminal(job.state)) {
        for (const Dependency& on : job.spec->depends_on) {
          for (const auto& [other, row] : jobs_) {
            if (row.uuid == on.job && binds(job, row)) {
              needed.insert(on.job);
            }
          }
        }
      }
    }
    return needed;
  }
  void tell(JobId id, std::vector<Change>& changes) const {
    changes.push_back(JobAdded{jobs_.at(id)});
    for (const auto& [key, ended] : ended_) {
      if (key.first == id) {
        changes.push_back(ended);
      }
    }
    for (const auto& [key, attempt] : attempts_) {
      if (key.job.job == id) {
        changes.push_back(AttemptPut{attempt});
      }
    }
  }

  Rows environments_;
  Rows queues_;
  Rows definitions_;
  Rows agents_;
  Rows keys_;
  std::map<std::pair<std::string, std::string>, CatalogueEntry> catalogue_;
  std::map<ShareKey, ShareUsed> shares_;
  SessionId session_;
  JobRows jobs_;
  EndedRows ended_;
  AttemptRows attempts_;
};

/// Makes changes of numbers: any numbers make changes that a core could have made of these rows.
class ChangeMaker {
 public:
  explicit ChangeMaker(const NaiveRows& rows) : rows_(rows) {}

  Change make(std::uint8_t kind, std::uint8_t which, std::uint8_t how) {
    switch (kind % 19) {
      case 17:
        return ShareUsed{{name(which), name(how)}, {how, which, 1}, WallTime{how}, {}};
      case 18:
        return ShareForgotten{{name(which), name(how)}};
      case 12:
        return AccessKeyPut{{name(which), name(how), static_cast<Role>(how % 4), name(how),
                             "sealed", how % 2 == 0, WallTime{how}, WallTime{which}}};
      case 13:
        return AccessKeyGone{name(which)};
      case 14:
        return EntryPut{an_entry(which, how)};
      case 15:
        return EntryGone{{kind_of(which), name(which)}};
      case 16:
        return rows_.jobs().empty() ? added(which, how) : tagged(which, how);
      case 0:
        return EnvironmentPut{{name(which), how % 2 == 0, how % 3 == 0, how, name(how), {}, ""}};
      case 1:
        return EnvironmentGone{name(which)};
      case 2:
        return QueuePut{{name(which),
                         how % 2 == 0,
                         how,
                         {name(how)},
                         {{"A", name(how)}},
                         {},
                         "",
                         {name(which)},
                         name(how),
                         {{static_cast<BlockReason>(1 + how % 3), std::chrono::seconds(how)}}}};
      case 3:
        return QueueGone{name(which)};
      case 4:
        return SessionGranted{SessionId{++session_}};
      case 5:
        return AgentPut{{AgentId{which % 4U + 1U},
                         name(which % 4),
                         name(how),
                         {how, how, 0},
                         "boot",
                         name(which),
                         how,
                         how,
                         SessionId{how},
                         how % 2 == 0}};
      default:
        return rows_.jobs().empty() || kind % 19 <= 7 ? added(which, how)
                                                      : of_a_job(kind % 19, which, how);
    }
  }

 private:
  static std::string name(std::uint8_t which) {
    return std::string(1, static_cast<char>('a' + which % 6));
  }

  static ResourceKind kind_of(std::uint8_t which) {
    return static_cast<ResourceKind>(static_cast<int>(ResourceKind::SchedulingPolicy) + which % 4);
  }
  static CatalogueEntry an_entry(std::uint8_t which, std::uint8_t how) {
    CatalogueEntry entry;
    entry.key = {kind_of(which), name(which)};
    entry.created_at = {how};
    entry.is_enabled = how % 2 == 0;
    entry.tags = {{name(how), name(which)}};
    entry.as_given = how % 3 == 0 ? "{}" : "";
    if (entry.key.kind == ResourceKind::SchedulingPolicy) {
      entry.fair_share = FairShare{how, which, {{name(how), how + 1}}};
    }
    if (entry.key.kind == ResourceKind::ConsumableResource) {
      entry.stock = Stock{how % 2 == 0, how, {{name(how), {QuantityOperation::Add, how, {which}}}}};
    }
    return entry;
  }

  /// A job that is there: nobody can name another.
  Change tagged(std::uint8_t which, std::uint8_t how) {
    const std::uint64_t id = which % rows_.jobs().size() + 1;
    return JobTagged{a_uuid(id), {{{name(how), name(which)}}, {name(which)}}};
  }

  Change added(std::uint8_t which, std::uint8_t how) {
    const std::uint64_t id = rows_.jobs().size() + 1;
    JobSpec spec = a_spec(name(which), how % 3 == 0 ? 1'000'000 : 0);
    if (id > 1 && how % 4 == 0) {
      spec.depends_on.push_back({a_uuid(which % (id - 1) + 1), kNoChild, DependencyType::Whole});
    }
    return JobAdded{a_job(id, spec, static_cast<JobState>(how % kJobStates))};
  }
  Change of_a_job(std::uint8_t kind, std::uint8_t which, std::uint8_t how) {
    const std::uint64_t id = which % rows_.jobs().size() + 1;
    Job job = rows_.jobs().at(JobId{id});
    const bool is_array = job.spec->is_array();
    const std::int32_t child = is_array ? how % 5 : kNoChild;
    switch (kind % 14) {
      case 12:
        if (is_array && is_terminal(job.state)) {
          job.state = JobState::Pending;
          job.stopped_at.reset();
          job.reopened_after.value = which % 7U;
          return JobReopened{job, nullptr};
        }
        [[fallthrough]];
      case 13:
        return ChildrenRerun{JobId{id}, how % 40, how % 40 + which % 20};
      case 8:
        if (!is_terminal(job.state)) {
          job.state = static_cast<JobState>(how % kJobStates);
        }
        job.status_reason = name(how);
        job.limits = {how % 7, how % 5, how % 3U};
        job.is_held = how % 2 == 0;
        job.held_children = how % 4 == 1 ? ChildRuns{{how % 3, 5}, {7, 9}} : ChildRuns{};
        job.priority = how % 3 == 0 ? std::nullopt : std::optional<std::int32_t>(how);
        job.spec = how % 2 == 0 ? job.spec : nullptr;
        return JobMoved{job};
      case 9:
        if (is_array) {
          const std::int32_t first = 10 * ++runs_;
          return ChildrenEnded{JobId{id}, first, first + how % 10, JobState::Failed, "", {how},
                               false,     true};
        }
        return AttemptGone{{{JobId{id}, child}, 1}};
      case 10:
        return how % 4 == 0
                   ? Change(AttemptGone{{{JobId{id}, child}, 1}})
                   : Change(AttemptPut{an_attempt(id, child, static_cast<AttemptState>(how % 3))});
      default:
        return AttemptPut{an_ended_attempt(id, child, static_cast<Outcome>(how % 8), how % 2 == 0)};
    }
  }

  const NaiveRows& rows_;
  std::uint64_t session_ = 0;
  std::int32_t runs_ = 0;
};

using Numbers = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>;

/// `batches` of decisions of changes, committed; after some of them the store is opened again.
void commit_and_compare(const std::vector<std::vector<Numbers>>& batches) {
  StoreRoom room;
  NaiveRows rows;
  ChangeMaker maker(rows);
  for (const std::vector<Numbers>& batch : batches) {
    std::vector<Decision> decisions(1);
    for (const auto& [kind, which, how] : batch) {
      const Change change = maker.make(kind, which, how);
      const bool is_rerun = std::holds_alternative<JobReopened>(change) ||
                            std::holds_alternative<ChildrenRerun>(change);
      if (how % 5 == 0 || is_rerun) {
        decisions.emplace_back();  // A rerun stands before what else is decided.
      }
      rows.apply(change);
      decisions.back().changes.push_back(change);
    }
    RC_ASSERT(room.writer().commit(decisions) == store::CommitResult::Durable);
    if (batch.size() % 3 == 0) {
      room.open();
    }
  }
  RC_ASSERT(texts_of(room.load()) == texts_of(rows.told()));
}

TEST(StoreProperty, LoadsExactlyWhatWasCommitted) {
  EXPECT_TRUE(rc::check("load(commit(changes)) == changes", commit_and_compare));
}

}  // namespace
}  // namespace dray
