#include "scheduler/store/reader.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <semaphore>
#include <utility>

#include <sqlite3.h>

#include "model/check.h"
#include "model/names.h"
#include "scheduler/store/array_image.h"
#include "scheduler/store/children_view.h"
#include "scheduler/store/definition_usage.h"
#include "scheduler/store/expired_jobs.h"
#include "scheduler/store/job_details.h"
#include "scheduler/store/job_history.h"
#include "scheduler/store/job_list.h"
#include "scheduler/store/job_search.h"
#include "scheduler/store/read_session.h"
#include "scheduler/store/rows.h"

namespace dray::store {
namespace {

constexpr int kConnectionsMax = 64;
constexpr std::int32_t kDefinitionsMax = 1'000;

struct Slot {
  explicit Slot(Database database) : session{std::move(database), {}} {}
  ReadSession session;
  std::atomic_flag is_taken;
};

Error error_of(const SqlError& error) {
  if (error.primary_code() == SQLITE_INTERRUPT) {
    return {ErrorCode::Unavailable, "The answer took too long to find. Ask for less at once."};
  }
  return {ErrorCode::Internal, "The database could not be read: " + error.message + "."};
}

}  // namespace

struct Reader::Pool {
  std::counting_semaphore<kConnectionsMax> free{0};
  std::vector<std::unique_ptr<Slot>> slots;

  Slot& take() {
    free.acquire();
    for (;;) {
      for (const auto& slot : slots) {
        if (!slot->is_taken.test_and_set(std::memory_order_acquire)) {
          return *slot;
        }
      }
    }
  }
  void give_back(Slot& slot) {
    slot.is_taken.clear(std::memory_order_release);
    free.release();
  }

  /// `ask(session)`, a Result, in one read transaction.
  template <class Ask>
  auto read(Ask ask) -> decltype(ask(std::declval<ReadSession&>())) {
    struct Lease {
      Pool& pool;
      Slot& slot;
      ~Lease() { pool.give_back(slot); }
    } lease{*this, take()};
    ReadSession& session = lease.slot.session;
    try {
      session.database.begin_query();
      Transaction moment(session.database, Transaction::Kind::Read);
      auto answer = ask(session);
      for (auto& [sql, statement] : session.statements) {
        statement.reset();
      }
      moment.commit();
      return answer;
    } catch (const SqlError& error) {
      return tl::unexpected(error_of(error));
    }
  }
};

Reader::Reader(std::unique_ptr<Pool> pool) : pool_(std::move(pool)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(const std::filesystem::path& database, ReaderOptions options) {
  CHECK(options.connections >= 1 && options.connections <= kConnectionsMax);
  try {
    auto pool = std::make_unique<Pool>();
    for (int i = 0; i < options.connections; ++i) {
      Database connection(database, Database::Access::Read);
      connection.end_queries_after(options.time_max);
      pool->slots.push_back(std::make_unique<Slot>(std::move(connection)));
    }
    pool->free.release(options.connections);
    return Reader(std::move(pool));
  } catch (const SqlError& error) {
    return tl::unexpected(error_of(error));
  }
}

Result<std::vector<JobDetail>> Reader::describe(const std::vector<JobName>& jobs) {
  return pool_->read([&](ReadSession& session) -> Result<std::vector<JobDetail>> {
    std::vector<JobDetail> details;
    for (const JobName& name : jobs) {
      if (auto detail = describe_job(session, name)) {
        details.push_back(std::move(*detail));
      }
    }
    return details;
  });
}

Result<PageOf<JobSummary>> Reader::list(const JobQuery& query, const Page& page) {
  return pool_->read([&](ReadSession& session) { return list_jobs(session, query, page); });
}

Result<PageOf<JobSummary>> Reader::search(const JobSearch& search, const Page& page) {
  return pool_->read([&](ReadSession& session) { return search_jobs(session, search, page); });
}

Result<ChildrenView> Reader::children(const Uuid& array) {
  return pool_->read([&](ReadSession& session) { return view_children(session, array); });
}

Result<PageOf<JobDefinition>> Reader::definitions(const DefinitionQuery& query, const Page& page) {
  // The cursor is "revision:name": a name may hold anything.
  const std::size_t colon = page.after.find(':');
  const auto revision = page.after.empty() ? std::optional(std::vector<std::int64_t>{-1})
                                           : parse_cursor(page.after.substr(0, colon), 1);
  if (!revision || (!page.after.empty() && colon == std::string::npos)) {
    return refuse(ErrorCode::BadRequest, "The nextToken is not one of this list.");
  }
  const std::string after = page.after.empty() ? "" : page.after.substr(colon + 1);
  const auto count_max = static_cast<std::size_t>(std::clamp(page.results_max, 1, kDefinitionsMax));
  return pool_->read([&](ReadSession& session) -> Result<PageOf<JobDefinition>> {
    PageOf<JobDefinition> found;
    for (const auto& [name, number] : query.exactly) {
      Statement& one = session.use(
          select(kDefinitionColumns, "FROM definition WHERE name = ? AND revision = ?"));
      if (one.bind(name, number).step()) {
        found.items.push_back(read_definition(one));
      }
    }
    if (!query.exactly.empty()) {
      return found;
    }
    Statement& rows = session.use(
        select(kDefinitionColumns,
               std::string("FROM definition WHERE (name, revision) > (?1, ?2) AND ?3 ") +
                   (query.name.empty() ? "= ''" : "= name AND name = ?3") +
                   " AND (?4 = '' OR status = ?4) ORDER BY name, revision LIMIT ?5"));
    rows.bind(after, revision->front(), query.name,
              query.status ? name_of(*query.status) : std::string_view(), count_max + 1);
    while (rows.step()) {
      if (found.items.size() == count_max) {
        const JobDefinition& last = found.items.back();
        found.next = std::to_string(last.revision) + ":" + last.name;
        break;
      }
      found.items.push_back(read_definition(rows));
    }
    return found;
  });
}

namespace {

/// Rows of a small table with a `name`: those asked for, or all of them.
template <class Value>
std::vector<Value> read_named(ReadSession& session, std::string_view columns,
                              const std::string& table, const std::vector<std::string>& names,
                              Value (*read)(const Statement&)) {
  std::vector<Value> found;
  if (names.empty()) {
    Statement& all = session.use(select(columns, "FROM " + table + " ORDER BY name"));
    while (all.step()) {
      found.push_back(read(all));
    }
    return found;
  }
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  for (const std::string& name : sorted) {
    Statement& one = session.use(select(columns, "FROM " + table + " WHERE name = ?"));
    if (one.bind(name).step()) {
      found.push_back(read(one));
    }
  }
  return found;
}

/// What has ended is kept as a sum, what has not is counted.
void count_jobs(ReadSession& session, QueueStatus& status) {
  const std::string& queue = status.queue.name;
  StateCounts& counts = status.counts;
  const auto add = [&](JobState state, std::int64_t count) {
    counts[static_cast<std::size_t>(state)] += static_cast<std::uint32_t>(count);
  };
  Statement& ended = session.use("SELECT succeeded, failed FROM ended_count WHERE queue = ?");
  if (ended.bind(queue).step()) {
    add(JobState::Succeeded, ended.integer(0));
    add(JobState::Failed, ended.integer(1));
  }
  Statement& open =
      session.use("SELECT count(*) FROM job INDEXED BY job_by_state WHERE queue = ? AND state = ?");
  for (std::size_t i = 0; i < static_cast<std::size_t>(JobState::Succeeded); ++i) {
    const auto state = static_cast<JobState>(i);
    if (open.bind(queue, name_of(state)).step()) {
      add(state, open.integer(0));
    }
  }
  Statement& oldest = session.use(
      "SELECT created_at FROM job INDEXED BY job_by_state WHERE queue = ? AND state = 'RUNNABLE' "
      "ORDER BY id LIMIT 1");
  if (oldest.bind(queue).step()) {
    status.oldest_runnable_at = WallTime{oldest.integer(0)};
  }
  static const std::string kArrays = select(
      kJobColumns,
      "FROM job AS j INDEXED BY job_open_array JOIN spec AS s ON s.job = j.id WHERE j.queue = ? "
      "AND j.array_size > 0 AND j.state NOT IN ('SUCCEEDED', 'FAILED')");
  Statement& arrays = session.use(kArrays);
  for (arrays.bind(queue); arrays.step();) {
    const JobRow row = read_job_row(arrays);
    --counts[static_cast<std::size_t>(row.job.state)];
    for (std::size_t i = 0; i < kJobStates; ++i) {
      counts[i] += row.counts[i];
    }
    if (row.counts[static_cast<std::size_t>(JobState::Runnable)] > 0) {
      const WallTime at = row.job.created_at;
      status.oldest_runnable_at = std::min(status.oldest_runnable_at.value_or(at), at);
    }
  }
}

}  // namespace

Result<std::vector<QueueStatus>> Reader::queues(const std::vector<std::string>& names) {
  return pool_->read([&](ReadSession& session) -> Result<std::vector<QueueStatus>> {
    std::vector<QueueStatus> found;
    for (JobQueue& queue : read_named(session, kQueueColumns, "queue", names, read_queue)) {
      count_jobs(session, found.emplace_back(QueueStatus{std::move(queue), {}, {}}));
    }
    return found;
  });
}

Result<std::vector<ComputeEnvironment>> Reader::environments(
    const std::vector<std::string>& names) {
  return pool_->read([&](ReadSession& session) -> Result<std::vector<ComputeEnvironment>> {
    return read_named(session, kEnvironmentColumns, "environment", names, read_environment);
  });
}

Result<std::vector<CatalogueEntry>> Reader::entries(ResourceKind kind,
                                                    const std::vector<std::string>& names) {
  return pool_->read([&](ReadSession& session) -> Result<std::vector<CatalogueEntry>> {
    const std::string of_kind =
        "(SELECT * FROM catalogue WHERE kind = '" + std::string(name_of(kind)) + "')";
    return read_named(session, kCatalogueColumns, of_kind, names, read_entry);
  });
}

Result<JobHistory> Reader::history(const JobName& job) {
  return pool_->read([&](ReadSession& session) -> Result<JobHistory> {
    std::optional<JobHistory> found = job_history(session, job);
    if (!found) {
      return refuse(ErrorCode::NotFound, "The job does not exist");
    }
    return std::move(*found);
  });
}

Result<DefinitionUsage> Reader::usage(const UsageQuery& query) {
  return pool_->read([&](ReadSession& session) -> Result<DefinitionUsage> {
    std::optional<DefinitionUsage> found = definition_usage(session, query);
    if (!found) {
      return refuse(ErrorCode::NotFound, "JobDefinition " + query.definition + " does not exist");
    }
    return std::move(*found);
  });
}

Result<ExpiredJobs> Reader::expired(JobId after, WallTime ended_before) {
  return pool_->read([&](ReadSession& session) -> Result<ExpiredJobs> {
    return expired_jobs(session, after, ended_before);
  });
}

Result<bool> Reader::is_forgotten(JobId first, JobId last) {
  return pool_->read([&](ReadSession& session) -> Result<bool> {
    Statement& asked = session.use(
        "SELECT (SELECT max(id) FROM job) > ?2 AND NOT EXISTS (SELECT 1 FROM spec WHERE job "
        "BETWEEN ?1 AND ?2)");
    return asked.bind(first.value, last.value).step() && asked.integer(0) != 0;
  });
}

Result<std::optional<JobId>> Reader::oldest_job() {
  return pool_->read([&](ReadSession& session) -> Result<std::optional<JobId>> {
    Statement& asked = session.use("SELECT id FROM job ORDER BY id LIMIT 1");
    return asked.step() ? std::optional(JobId{asked.number(0)}) : std::nullopt;
  });
}

Result<std::optional<TakenSubmit>> Reader::taken_submit(const Uuid& key, WallTime now) {
  return pool_->read([&](ReadSession& session) -> Result<std::optional<TakenSubmit>> {
    Statement& find = session.use(
        "SELECT i.body, j.uuid, j.name FROM invocation AS i JOIN job AS j ON j.id = i.job "
        "WHERE i.key = ? AND i.at >= ?");
    if (!find.bind(AsBlob{uuid_bytes(key)}, now.epoch_ms - kInvocationKeptMs).step()) {
      return std::optional<TakenSubmit>();
    }
    return TakenSubmit{read_uuid(find.blob(0)), read_uuid(find.blob(1)), std::string(find.text(2))};
  });
}

Result<std::map<JobId, StreamOwner>> Reader::stream_owners(const std::vector<JobId>& jobs) {
  return pool_->read([&](ReadSession& session) -> Result<std::map<JobId, StreamOwner>> {
    std::map<JobId, StreamOwner> found;
    Statement& find = session.use(
        "SELECT j.uuid, j.definition, j.queue, s.bytes FROM job AS j JOIN spec AS s ON s.job = "
        "j.id "
        "WHERE j.id = ?");
    for (const JobId id : jobs) {
      if (find.bind(id.value).step()) {
        JobSpec spec = read_spec(find.blob(3));
        StreamOwner& owner = found[id];
        owner = {read_uuid(find.blob(0)),
                 std::string(find.text(1)),
                 std::string(find.text(2)),
                 std::move(spec.container.as_given),
                 {}};
        for (PodContainer& one : spec.pod) {
          owner.pod.emplace_back(std::move(one.name), std::move(one.container.as_given));
        }
      }
    }
    return found;
  });
}

Result<std::optional<AttemptToken>> Reader::attempt_token(const AttemptKey& key) {
  return pool_->read([&](ReadSession& session) -> Result<std::optional<AttemptToken>> {
    Statement& find =
        session.use("SELECT token FROM attempt WHERE job = ? AND child = ? AND number = ?");
    if (!find.bind(key.job.job.value, key.job.child, key.number).step()) {
      return std::nullopt;
    }
    const Uuid token = read_uuid(find.blob(0));
    return AttemptToken{token.high, token.low};
  });
}

Result<std::optional<EndedArray>> Reader::ended_array(const Uuid& uuid) {
  return pool_->read([&](ReadSession& session) -> Result<std::optional<EndedArray>> {
    return image_of_ended(session, uuid);
  });
}

Result<std::map<std::pair<Uuid, std::int32_t>, JobState>> Reader::states(
    const std::vector<std::pair<Uuid, std::int32_t>>& jobs) {
  using States = std::map<std::pair<Uuid, std::int32_t>, JobState>;
  return pool_->read([&](ReadSession& session) -> Result<States> {
    States found;
    for (const auto& job : jobs) {
      if (const auto state = state_of_job(session, {job.first, job.second})) {
        found[job] = *state;
      }
    }
    return found;
  });
}

}  // namespace dray::store
