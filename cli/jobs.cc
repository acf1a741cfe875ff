#include <algorithm>

#include "cli/exit_codes.h"
#include "cli/follow.h"
#include "cli/job_words.h"
#include "cli/resolve.h"
#include "cli/selectors.h"
#include "cli/verbs.h"
#include "cli/waiting.h"

namespace dray::cli {
namespace {

using client::Reply;
using Jobs = std::vector<wire::JobView>;

constexpr int kQueuePagesMax = 100;

bool is_wanted(const JobsOptions& options, JobState state) {
  return options.states.empty() ||
         std::find(options.states.begin(), options.states.end(), state) != options.states.end();
}

/// Pages of one question until `limit` wanted jobs are there.
Reply<void> add_pages(Session& session, const JobsOptions& options, wire::ListAsk ask, Jobs& jobs) {
  std::int32_t found = 0;
  for (int page_number = 0; page_number < kQueuePagesMax && found < options.limit; ++page_number) {
    Reply<wire::JobPageView> page = session.client.list_jobs(ask);
    if (!page) {
      return tl::unexpected(page.error());
    }
    for (wire::JobView& job : page->jobs) {
      if (is_wanted(options, job.state)) {
        job.queue = ask.queue;
        jobs.push_back(std::move(job));
        ++found;
      }
    }
    ask.next_token = page->next_token;
    if (ask.next_token.empty()) {
      break;
    }
  }
  return {};
}

/// Live states are listed as such, because they are few; ended jobs newest first, because AWS's
/// filter promises that order.
Reply<void> add_queue(Session& session, const JobsOptions& options, const std::string& queue,
                      Jobs& jobs) {
  const bool all_live =
      !options.states.empty() && std::none_of(options.states.begin(), options.states.end(),
                                              [](JobState state) { return is_terminal(state); });
  if (options.name.empty() && all_live) {
    for (const JobState state : options.states) {
      const Reply<void> added =
          add_pages(session, options, {.queue = queue, .state = state, .results_max = 1000}, jobs);
      if (!added) {
        return added;
      }
    }
    return {};
  }
  return add_pages(session, options,
                   {.queue = queue, .name_filter = options.name, .all_states = true}, jobs);
}

Reply<Jobs> find_jobs(Session& session, const JobsOptions& options) {
  std::vector<std::string> queues;
  if (!options.queue.empty()) {
    queues.push_back(options.queue);
  } else {
    const Reply<std::vector<wire::QueueView>> all = session.client.queues();
    if (!all) {
      return tl::unexpected(all.error());
    }
    for (const wire::QueueView& queue : *all) {
      queues.push_back(queue.name);
    }
  }
  Jobs jobs;
  for (const std::string& queue : queues) {
    const Reply<void> added = add_queue(session, options, queue, jobs);
    if (!added) {
      return tl::unexpected(added.error());
    }
  }
  std::stable_sort(jobs.begin(), jobs.end(), [](const wire::JobView& a, const wire::JobView& b) {
    return a.created_at > b.created_at;
  });
  return jobs;
}

Reply<Jobs> find_children(Session& session, const JobsOptions& options) {
  const auto [job, named] = split_children(options.array);
  Reply<std::string> array = resolve_job(session, job);
  if (!array) {
    return tl::unexpected(array.error());
  }
  std::vector<JobState> states = options.states;
  for (std::size_t i = 0; options.states.empty() && i < kJobStates; ++i) {
    states.push_back(static_cast<JobState>(i));
  }
  Reply<Jobs> children = children_of(session, *array, states);
  if (const auto only = parse_child_runs(named); children && only) {
    std::erase_if(*children,
                  [&](const wire::JobView& child) { return !has_child(*only, child.child); });
  }
  return children;
}

std::string why(const wire::JobView& job) {
  switch (job.state) {
    case JobState::Failed:
      return failure_words(job);
    case JobState::Submitted:
    case JobState::Pending:
    case JobState::Runnable:
      return job.status_reason;
    case JobState::Starting:
    case JobState::Running:
    case JobState::Succeeded:
      break;
  }
  return "";
}

std::string table_of(const Session& session, const Jobs& jobs) {
  const bool has_arrays = std::any_of(jobs.begin(), jobs.end(),
                                      [](const wire::JobView& job) { return job.is_array(); });
  std::vector<Column> columns = {{"JOB"}, {"NAME", false, true}, {"QUEUE", false, true}, {"STATE"}};
  if (has_arrays) {
    columns.push_back({"CHILDREN", false, true});
  }
  columns.insert(columns.end(), {{"CREATED"}, {"TIME", true}, {"WHY", false, true}});
  Table table(columns);
  const WallTime at = wall_now();
  for (const wire::JobView& job : jobs) {
    std::vector<Cell> row = {{job.id}, {job.name}, {job.queue}, state_cell(job.state)};
    if (has_arrays) {
      row.push_back({children_text(job)});
    }
    row.insert(row.end(), {Cell{time_text(job.created_at), Paint::Dim},
                           Cell{run_time_text(job, at)}, Cell{why(job)}});
    table.add(std::move(row));
  }
  return table.text(session.terminal.out_is_tty ? session.terminal.width : 0,
                    session.terminal.color_out);
}

}  // namespace

int run_jobs(Session& session, const JobsOptions& options) {
  Reply<Jobs> jobs =
      options.array.empty() ? find_jobs(session, options) : find_children(session, options);
  if (!jobs) {
    return report(session, jobs.error());
  }
  const auto limit = static_cast<std::size_t>(options.limit);
  if (jobs->size() > limit) {
    jobs->resize(limit);
    session.note("dray: the first " + std::to_string(limit) + "; --limit shows more");
  }
  std::vector<std::string> json;
  std::vector<std::string> ids;
  for (const wire::JobView& job : *jobs) {
    json.push_back(job.json);
    ids.push_back(job.id);
  }
  if (jobs->empty()) {
    session.note("dray: no jobs");
  }
  const bool is_table = session.options.format == OutputFormat::Table;
  if (!jobs->empty() || !is_table) {
    write_things(session, json, ids, is_table ? table_of(session, *jobs) : "");
  }
  return kDone;
}

}  // namespace dray::cli
