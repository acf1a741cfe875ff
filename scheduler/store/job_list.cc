#include "scheduler/store/job_list.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

#include "model/names.h"
#include "scheduler/store/child_walk.h"
#include "scheduler/store/job_details.h"
#include "scheduler/store/rows.h"

namespace dray::store {
namespace {

constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
constexpr std::int32_t kItemsMax = 1'000;  // AWS: ListJobs without a filter.

const std::string kLatestAttempt = select(
    kAttemptColumns, "FROM attempt WHERE job = ? AND child = ? ORDER BY number DESC LIMIT 1");

tl::unexpected<Error> bad_token() {
  return refuse(ErrorCode::BadRequest, "The nextToken is not one of this list.");
}

std::size_t items_max(const Page& page) {
  return static_cast<std::size_t>(std::clamp(page.results_max, 1, kItemsMax));
}

void add_end(JobSummary& summary, const Attempt& latest) {
  if (latest.end) {
    summary.exit_code = latest.end->exit_code;
    summary.reason = latest.end->reason;
  }
}

JobSummary summary_of(const Statement& row) {
  JobRow job = read_job_row(row);
  JobSummary summary;
  summary.job = std::move(job.job);
  if (summary.job.spec->is_array()) {
    summary.counts = job.counts;
    summary.counts_at = job.counts_at;
  }
  return summary;
}

void add_ends(ReadSession& session, std::vector<JobSummary>& summaries) {
  Statement& latest = session.use(kLatestAttempt);
  for (JobSummary& summary : summaries) {
    const JobSpec& spec = *summary.job.spec;
    const std::int32_t child = spec.is_multi_node() ? spec.main_node : kNoChild;
    if (!summary.counts && latest.bind(summary.job.id.value, child).step()) {
      add_end(summary, read_attempt(latest));
    }
  }
}

/// Steps through `rows` (kJobColumns, one more than a page) and makes a page.
PageOf<JobSummary> take_page(ReadSession& session, Statement& rows, std::size_t count_max,
                             std::string (*cursor)(const Job&)) {
  PageOf<JobSummary> page;
  while (rows.step()) {
    if (page.items.size() == count_max) {
      page.next = cursor(page.items.back().job);
      break;
    }
    page.items.push_back(summary_of(rows));
  }
  rows.reset();
  add_ends(session, page.items);
  return page;
}

Result<PageOf<JobSummary>> list_by_state(ReadSession& session, const JobQuery& query,
                                         const Page& page) {
  const auto cursor = parse_cursor(page.after.empty() ? "0" : page.after, 1);
  if (!cursor) {
    return bad_token();
  }
  static const std::string kSql =
      select(kJobColumns,
             "FROM job AS j INDEXED BY job_by_state JOIN spec AS s ON s.job = j.id "
             "WHERE j.queue = ? AND j.state = ? AND j.id > ? ORDER BY j.id LIMIT ?");
  Statement& rows = session.use(kSql);
  rows.bind(query.queue, name_of(*query.state), cursor->front(), items_max(page) + 1);
  return take_page(session, rows, items_max(page),
                   [](const Job& job) { return std::to_string(job.id.value); });
}

/// What a filter asks of a row, and the index that answers it newest first.
struct Filter {
  std::string index = "job_by_creation";
  std::string condition = "?1 = ?1";
  std::string word;
  std::int64_t revision = 0;
};

Filter filter_of(const JobQuery& query) {
  const auto is_prefix = [](const std::string& text) { return text.ends_with('*'); };
  const auto without_star = [](const std::string& text) { return text.substr(0, text.size() - 1); };
  Filter filter;
  if (!query.share_filter.empty()) {
    filter.index = "job_by_share";
    filter.condition = "j.share = ?1 AND j.share <> ''";
    filter.word = query.share_filter;
  } else if (is_prefix(query.name_filter)) {
    filter.condition = "substr(j.name, 1, length(?1)) = ?1 COLLATE NOCASE";
    filter.word = without_star(query.name_filter);
  } else if (!query.name_filter.empty()) {
    filter.index = "job_by_name";
    filter.condition = "j.name = ?1 COLLATE NOCASE";
    filter.word = query.name_filter;
  } else if (is_prefix(query.definition_filter)) {
    filter.condition = "substr(j.definition, 1, length(?1)) = ?1";
    filter.word = without_star(query.definition_filter);
  } else if (!query.definition_filter.empty()) {
    filter.condition = "j.definition = ?1";
    const std::size_t colon = query.definition_filter.rfind(':');
    filter.word = query.definition_filter.substr(0, colon);
    if (colon != std::string::npos) {
      filter.condition += " AND j.revision = ?2";
      const std::string_view digits = std::string_view(query.definition_filter).substr(colon + 1);
      filter.revision = parse_cursor(digits, 1).value_or(std::vector<std::int64_t>{-1}).front();
    }
  }
  return filter;
}

Result<PageOf<JobSummary>> list_by_creation(ReadSession& session, const JobQuery& query,
                                            const Page& page) {
  // The first page begins before (bound, 0): no job has number 0.
  const std::int64_t before = query.created_before ? query.created_before->epoch_ms : kLast;
  const auto cursor = page.after.empty()
                          ? std::vector<std::int64_t>{before, 0}
                          : parse_cursor(page.after, 2).value_or(std::vector<std::int64_t>{});
  if (cursor.empty()) {
    return bad_token();
  }
  const std::int64_t after = query.created_after ? query.created_after->epoch_ms : -1;
  const Filter filter = filter_of(query);
  Statement& rows = session.use(select(
      kJobColumns, "FROM job AS j INDEXED BY " + filter.index +
                       " JOIN spec AS s ON s.job = j.id WHERE j.queue = ?3 AND " +
                       filter.condition + " AND ?2 = ?2 AND (j.created_at, j.id) < (?4, ?5) AND " +
                       "j.created_at > ?6 AND (?7 = '' OR j.state = ?7) " +
                       "ORDER BY j.created_at DESC, j.id DESC LIMIT ?8"));
  rows.bind(filter.word, filter.revision, query.queue, cursor[0], cursor[1], after,
            query.state ? name_of(*query.state) : std::string_view(), items_max(page) + 1);
  return take_page(session, rows, items_max(page), [](const Job& job) {
    return std::to_string(job.created_at.epoch_ms) + ":" + std::to_string(job.id.value);
  });
}

Result<PageOf<JobSummary>> list_children(ReadSession& session, const JobQuery& query,
                                         const Page& page) {
  const auto cursor = parse_cursor(page.after.empty() ? "0" : page.after, 1);
  if (!cursor || cursor->front() < 0 ||
      cursor->front() > std::numeric_limits<std::int32_t>::max()) {
    return bad_token();
  }
  const auto parent = find_job(session, *query.array);
  PageOf<JobSummary> found;
  if (!parent || parent->job.spec->is_multi_node() != query.is_multi_node) {
    return found;
  }
  const auto from = static_cast<std::int32_t>(cursor->front());
  ChildWalk walk(session.database, parent->job.id, from);
  WaitingChildren waiting(session.database, parent->job, parent->counts, from);
  const std::int32_t size = parent->job.spec->child_count();
  for (std::int32_t child = from; child < size; ++child) {
    const ChildRecord record = walk.at(child);
    const auto recorded = recorded_state(parent->job, record);
    const JobState state = recorded ? *recorded : waiting.state(child);
    const bool is_wanted = !query.state || state == *query.state;
    if (child - from >= kChildrenAPageMax || (is_wanted && found.items.size() == items_max(page))) {
      found.next = std::to_string(child);
      break;
    }
    if (is_wanted) {
      JobSummary& summary = found.items.emplace_back();
      summary.job = child_job(parent->job, record, state);
      summary.child = child;
      if (record.latest) {
        add_end(summary, *record.latest);
      }
    }
  }
  return found;
}

}  // namespace

std::vector<JobSummary> job_summaries(ReadSession& session, const std::vector<std::int64_t>& ids) {
  static const std::string kSql =
      select(kJobColumns, "FROM job AS j JOIN spec AS s ON s.job = j.id WHERE j.id = ?");
  Statement& row = session.use(kSql);
  std::vector<JobSummary> summaries;
  for (const std::int64_t id : ids) {
    if (row.bind(id).step()) {
      summaries.push_back(summary_of(row));
    }
  }
  row.reset();
  add_ends(session, summaries);
  return summaries;
}

std::optional<std::vector<std::int64_t>> parse_cursor(std::string_view text, std::size_t numbers) {
  std::vector<std::int64_t> values;
  while (values.size() < numbers) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end == text.data()) {
      return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    values.push_back(value);
    if (values.size() < numbers) {
      if (!text.starts_with(':')) {
        return std::nullopt;
      }
      text.remove_prefix(1);
    }
  }
  return text.empty() ? std::optional(values) : std::nullopt;
}

Result<PageOf<JobSummary>> list_jobs(ReadSession& session, const JobQuery& query,
                                     const Page& page) {
  if (query.array) {
    return list_children(session, query, page);
  }
  const bool is_filtered = !query.share_filter.empty() || !query.name_filter.empty() ||
                           !query.definition_filter.empty() || query.created_before ||
                           query.created_after;
  return is_filtered || !query.state ? list_by_creation(session, query, page)
                                     : list_by_state(session, query, page);
}

}  // namespace dray::store
