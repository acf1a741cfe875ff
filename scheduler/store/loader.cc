#include "scheduler/store/loader.h"

#include <set>
#include <string>
#include <utility>

#include "scheduler/store/rows.h"

namespace dray::store {
namespace {

constexpr std::string_view kJobs = "FROM job AS j JOIN spec AS s ON s.job = j.id ";

class Loader {
 public:
  Loader(Database& database, const std::function<void(const Change&)>& take)
      : database_(database), take_(take) {}

  void load() {
    load_settings();
    const std::set<JobId> ended = ended_dependencies();
    auto next_ended = ended.begin();
    Statement jobs = database_.prepare(
        select(kJobColumns,
               std::string(kJobs) + "WHERE j.state NOT IN ('SUCCEEDED', 'FAILED') ORDER BY j.id"));
    while (jobs.step()) {
      Job job = read_job(jobs);
      for (; next_ended != ended.end() && *next_ended < job.id; ++next_ended) {
        tell_ended(*next_ended);
      }
      tell(std::move(job));
    }
    for (; next_ended != ended.end(); ++next_ended) {
      tell_ended(*next_ended);
    }
  }

 private:
  template <class Read>
  void tell_all(std::string_view columns, std::string_view rest, Read read) {
    Statement rows = database_.prepare(select(columns, rest));
    while (rows.step()) {
      take_(read(rows));
    }
  }

  void load_settings() {
    tell_all(kEnvironmentColumns, "FROM environment ORDER BY name",
             [](const Statement& row) { return EnvironmentPut{read_environment(row)}; });
    tell_all(kQueueColumns, "FROM queue ORDER BY name",
             [](const Statement& row) { return QueuePut{read_queue(row)}; });
    tell_all(kDefinitionColumns, "FROM definition ORDER BY name, revision",
             [](const Statement& row) { return DefinitionPut{read_definition(row)}; });
    tell_all(kAgentColumns, "FROM agent ORDER BY id",
             [](const Statement& row) { return AgentPut{read_agent(row)}; });
    tell_all(kAccessKeyColumns, "FROM access_key ORDER BY id",
             [](const Statement& row) { return AccessKeyPut{read_access_key(row)}; });
    tell_all(kCatalogueColumns, "FROM catalogue ORDER BY kind, name",
             [](const Statement& row) { return EntryPut{read_entry(row)}; });
    tell_all(kShareColumns, "FROM share_use ORDER BY queue, share",
             [](const Statement& row) { return read_share(row); });
    tell_all("session", "FROM cluster",
             [](const Statement& row) { return SessionGranted{SessionId{row.number(0)}}; });
    // Its number is not given again, although it is told no more.
    tell_all("id",
             "FROM job WHERE id = (SELECT max(id) FROM job) AND state IN ('SUCCEEDED', 'FAILED')",
             [](const Statement& row) { return JobRetired{JobId{row.number(0)}}; });
  }

  /// Ended jobs that a living one depends on, and whose end binds it (see core's binds).
  std::set<JobId> ended_dependencies() {
    std::set<JobId> ended;
    Statement specs = database_.prepare(
        "SELECT s.bytes, j.id FROM job AS j JOIN spec AS s ON s.job = j.id "
        "WHERE j.state NOT IN ('SUCCEEDED', 'FAILED') AND s.depends_on > 0 "
        "AND j.reopened_after = 0");
    Statement find = database_.prepare(
        "SELECT id FROM job WHERE uuid = ? AND state IN ('SUCCEEDED', 'FAILED') "
        "AND reopened_after < ?");
    while (specs.step()) {
      for (const Dependency& on : read_spec(specs.blob(0)).depends_on) {
        if (find.bind(AsBlob{uuid_bytes(on.job)}, specs.number(1)).step()) {
          ended.insert(JobId{find.number(0)});
        }
      }
    }
    return ended;
  }

  void tell_ended(JobId id) {
    job_by_id_.bind(id.value);
    if (job_by_id_.step()) {
      tell(read_job(job_by_id_));
    }
  }

  void tell(Job job) {
    const JobId id = job.id;
    const bool is_array = job.spec->is_array();
    take_(JobAdded{std::move(job)});
    if (is_array) {
      for (ended_.bind(id.value); ended_.step();) {
        take_(read_children_ended(ended_));
      }
    }
    for (attempts_.bind(id.value); attempts_.step();) {
      take_(AttemptPut{read_attempt(attempts_)});
    }
  }

  Database& database_;
  const std::function<void(const Change&)>& take_;
  Statement job_by_id_ =
      database_.prepare(select(kJobColumns, std::string(kJobs) + "WHERE j.id = ?"));
  Statement ended_ = database_.prepare(
      select(kChildrenEndedColumns, "FROM children_ended WHERE job = ? ORDER BY first"));
  Statement attempts_ = database_.prepare(
      select(kAttemptColumns, "FROM attempt WHERE job = ? ORDER BY child, number"));
};

}  // namespace

Result<void> load(Database& database, const std::function<void(const Change&)>& take) {
  try {
    Transaction moment(database, Transaction::Kind::Read);
    Loader(database, take).load();
    moment.commit();
    return {};
  } catch (const SqlError& error) {
    return refuse(ErrorCode::Internal,
                  "The database cannot be loaded: " + error.message + ". Restore a backup.");
  }
}

}  // namespace dray::store
