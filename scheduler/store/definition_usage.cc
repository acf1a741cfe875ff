#include "scheduler/store/definition_usage.h"

#include <algorithm>
#include <string>
#include <vector>

#include "model/access.h"
#include "scheduler/store/rows.h"

namespace dray::store {
namespace {

constexpr int kJobsSearchedMax = 100'000;  ///< A queue's newest, by the index alone.
constexpr int kJobsMax = 500;              ///< Of a queue, that are of the definition.
constexpr std::size_t kMeasuresMax = 2'000;
constexpr std::int32_t kChildrenMax = 200;  ///< Of one array.

std::optional<Resources> requested_by(ReadSession& session, const UsageQuery& query) {
  static const std::string kSql =
      select(kDefinitionColumns,
             "FROM definition WHERE name = ?1 AND (?2 = 0 OR revision = ?2) "
             "ORDER BY revision DESC LIMIT 1");
  Statement& row = session.use(kSql);
  if (!row.bind(query.definition, query.revision).step()) {
    return std::nullopt;
  }
  const Resources requested = read_definition(row).container.request;
  row.reset();
  return requested;
}

std::vector<std::string> queues_of(ReadSession& session, const UsageQuery& query) {
  std::vector<std::string> queues;
  Statement& rows = session.use("SELECT name FROM queue ORDER BY name");
  while (rows.step()) {
    if (matches_queue(query.queues, rows.text(0))) {
      queues.emplace_back(rows.text(0));
    }
  }
  return queues;
}

std::vector<std::int64_t> newest_jobs(ReadSession& session, const UsageQuery& query,
                                      const std::string& queue) {
  Statement& rows = session.use(
      "SELECT id FROM (SELECT id, definition, revision FROM job INDEXED BY job_by_creation "
      "WHERE queue = ?1 ORDER BY created_at DESC, id DESC LIMIT ?2) "
      "WHERE definition = ?3 AND (?4 = 0 OR revision = ?4) LIMIT ?5");
  std::vector<std::int64_t> jobs;
  for (rows.bind(queue, kJobsSearchedMax, query.definition, query.revision, kJobsMax);
       rows.step();) {
    jobs.push_back(rows.integer(0));
  }
  return jobs;
}

/// What ran by itself to its end, or into its limits: the others tell nothing of what is needed.
void measure(ReadSession& session, std::int64_t job, std::int32_t child,
             std::vector<UsageMeasure>& measures) {
  Statement& rows = session.use(
      "SELECT cpu_ms, memory_peak_kib, stopped_at - started_at, outcome = 'OUT_OF_MEMORY' "
      "FROM attempt WHERE job = ? AND child = ? AND memory_peak_kib > 0 AND started_at NOT NULL "
      "AND (outcome = 'SUCCEEDED' OR outcome = 'FAILED' OR outcome = 'OUT_OF_MEMORY' OR "
      "outcome = 'TIMED_OUT')");
  for (rows.bind(job, child); rows.step() && measures.size() < kMeasuresMax;) {
    measures.push_back({{rows.integer(0), rows.integer(1)},
                        std::chrono::milliseconds(std::max<std::int64_t>(0, rows.integer(2))),
                        rows.integer(3) != 0});
  }
  rows.reset();
}

void measure_job(ReadSession& session, std::int64_t job, std::vector<UsageMeasure>& measures) {
  Statement& row = session.use("SELECT array_size FROM job WHERE id = ?");
  const auto size =
      row.bind(job).step() ? static_cast<std::int32_t>(row.integer(0)) : std::int32_t{0};
  row.reset();
  if (size == 0) {
    measure(session, job, kNoChild, measures);
    return;
  }
  const std::int32_t apart = std::max(1, (size + kChildrenMax - 1) / kChildrenMax);
  for (std::int32_t child = 0; child < size && measures.size() < kMeasuresMax; child += apart) {
    measure(session, job, child, measures);
  }
}

}  // namespace

std::optional<DefinitionUsage> definition_usage(ReadSession& session, const UsageQuery& query) {
  const std::optional<Resources> requested = requested_by(session, query);
  if (!requested) {
    return std::nullopt;
  }
  DefinitionUsage found{query.definition, query.revision, 0, *requested, {}};
  std::vector<UsageMeasure> measures;
  for (const std::string& queue : queues_of(session, query)) {
    if (measures.size() == kMeasuresMax) {
      break;
    }
    for (const std::int64_t job : newest_jobs(session, query, queue)) {
      const std::size_t before = measures.size();
      measure_job(session, job, measures);
      found.jobs += measures.size() > before ? 1 : 0;
      if (measures.size() == kMeasuresMax) {
        break;
      }
    }
  }
  found.advice = advise(measures);
  return found;
}

}  // namespace dray::store
