#include "scheduler/store/expired_jobs.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "model/names.h"
#include "scheduler/store/rows.h"

namespace dray::store {
namespace {

constexpr int kLookedAtMax = 512;  ///< Jobs a page.
constexpr int kRowsMax = 1'024;    ///< That a page of steps takes away, about.
constexpr int kRowsASingleJob = 4;

/// Tables of which an array or a multi-node job may have many rows, and their column of children or
/// nodes.
constexpr std::array<std::pair<const char*, const char*>, 3> kOfChildren{
    {{"attempt", "child"}, {"children_ended", "first"}, {"job_note", "child"}}};

/// What a hidden array's next step is, and how many rows it takes, about. A child has fewer rows
/// than a step: each step gets on.
int plan_array(ReadSession& session, Forgetting& job) {
  int taken = kRowsASingleJob;
  for (const auto& [table, child] : kOfChildren) {
    const std::string of_job = std::string(" FROM ") + table + " WHERE job = ?";
    Statement& count = session.use("SELECT count(*) FROM (SELECT 1" + of_job + " LIMIT ?)");
    if (count.bind(job.job.value, kRowsMax + 1).step()) {
      taken += static_cast<int>(count.integer(0));
    }
    Statement& at =
        session.use("SELECT " + std::string(child) + of_job + " ORDER BY 1 LIMIT 1 OFFSET ?");
    if (at.bind(job.job.value, kRowsMax).step()) {
      const auto before = static_cast<std::int32_t>(at.integer(0));
      job.before_child =
          job.step == ForgettingStep::Thinned ? std::min(job.before_child, before) : before;
      job.step = ForgettingStep::Thinned;
    }
    at.reset();
    count.reset();
  }
  return taken;
}

}  // namespace

ExpiredJobs expired_jobs(ReadSession& session, JobId after, WallTime ended_before) {
  ExpiredJobs found;
  Statement& rows = session.use(
      "SELECT j.id, j.uuid, j.state, j.created_at, j.stopped_at, j.array_size, "
      "EXISTS (SELECT 1 FROM spec AS s WHERE s.job = j.id), "
      "EXISTS (SELECT 1 FROM attempt AS a WHERE a.job = j.id AND a.child >= 0) "
      "FROM job AS j WHERE j.id > ? ORDER BY j.id LIMIT ?");
  int left = kRowsMax;
  int looked_at = 0;
  for (rows.bind(after.value, kLookedAtMax); rows.step();) {
    if (rows.integer(3) >= ended_before.epoch_ms) {
      rows.reset();
      found.next.reset();
      return found;
    }
    const JobId id{rows.number(0)};
    ++looked_at;
    const std::optional<JobState> state = parse_job_state(rows.text(2));
    const std::int64_t stopped_at = rows.optional_integer(4).value_or(ended_before.epoch_ms);
    if (state && is_terminal(*state) && stopped_at < ended_before.epoch_ms) {
      Forgetting job{id, read_uuid(rows.blob(1)), {stopped_at}};
      int taken = 1;
      if (rows.integer(6) == 0) {
        job.step = ForgettingStep::Gone;
        taken = kRowsASingleJob;
        if (rows.integer(5) > 0 || rows.integer(7) != 0) {
          taken = plan_array(session, job);
        }
      }
      if (taken > left && !found.jobs.empty()) {
        rows.reset();
        found.next = found.jobs.back().job;
        return found;
      }
      left -= taken;
      found.jobs.push_back(job);
    }
    found.next = id;
  }
  if (looked_at < kLookedAtMax) {
    found.next.reset();
  }
  return found;
}

}  // namespace dray::store
