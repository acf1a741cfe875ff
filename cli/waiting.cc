#include "cli/waiting.h"

#include <algorithm>
#include <map>

#include "cli/job_words.h"
#include "cli/progress.h"
#include "cli/waiting_reason.h"

namespace dray::cli {
namespace {

using client::Failure;
using client::FailureKind;
using client::Reply;

/// The jobs as last seen, and how to see them again.
class Watch {
 public:
  Watch(Session& session, const std::vector<std::string>& ids) : session_(session), ids_(ids) {}

  /// Asks for those that have not ended. True when anything changed.
  Reply<bool> look() {
    std::vector<std::string> asked;
    bool is_new = false;
    for (const std::string& id : ids_) {
      const auto seen = jobs_.find(id);
      if (seen == jobs_.end() || !is_terminal(seen->second.state)) {
        asked.push_back(id);
      }
      if (asked.size() == client::kDescribeMax || (&id == &ids_.back() && !asked.empty())) {
        const Reply<bool> changed = look_at(asked);
        if (!changed) {
          return changed;
        }
        is_new = is_new || *changed;
        asked.clear();
      }
    }
    return is_new;
  }

  [[nodiscard]] std::vector<wire::JobView> jobs() const {
    std::vector<wire::JobView> out;
    for (const std::string& id : ids_) {
      if (const auto found = jobs_.find(id); found != jobs_.end()) {
        out.push_back(found->second);
      }
    }
    return out;
  }

  [[nodiscard]] bool has_ended() const {
    return jobs_.size() == ids_.size() &&
           std::all_of(jobs_.begin(), jobs_.end(),
                       [](const auto& entry) { return is_terminal(entry.second.state); });
  }

 private:
  Reply<bool> look_at(const std::vector<std::string>& asked) {
    Reply<std::vector<wire::JobView>> answer = session_.client.describe_jobs(asked);
    if (!answer) {
      return tl::unexpected(answer.error());
    }
    bool is_new = false;
    for (wire::JobView& job : *answer) {
      const std::string id = job.id;
      const auto seen = jobs_.find(id);
      is_new = is_new || seen == jobs_.end() || seen->second.state != job.state ||
               seen->second.counts != job.counts;
      jobs_[id] = std::move(job);
    }
    for (const std::string& id : asked) {
      if (!jobs_.contains(id)) {
        return tl::unexpected(
            Failure{FailureKind::NotFound, "the scheduler knows no job " + id, "", ""});
      }
    }
    return is_new;
  }

  Session& session_;
  std::vector<std::string> ids_;
  std::map<std::string, wire::JobView> jobs_;
};

bool is_one_plain_job(const std::vector<wire::JobView>& jobs) {
  return jobs.size() == 1 && !jobs.front().is_array();
}

}  // namespace

Waited wait_for_jobs(Session& session, const std::vector<std::string>& all_ids,
                     std::optional<Duration> timeout) {
  std::vector<std::string> ids;
  for (const std::string& id : all_ids) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) {
      ids.push_back(id);
    }
  }
  session.interrupts.take_over();
  Watch watch(session, ids);
  Progress progress(session.terminal);
  WaitingReason reason(ids.front());
  LostServer lost(session.options.lost_for_max);
  Pace pace;
  const Instant began = now();
  while (true) {
    const Reply<bool> changed = watch.look();
    if (changed) {
      lost.is_back(session);
    } else if (!lost.is_worth_waiting(session, changed.error())) {
      progress.finish();
      report(session, changed.error());
      return {Waited::How::Failed, watch.jobs()};
    }
    if (changed && *changed) {
      pace.news();
    }
    const std::vector<wire::JobView> jobs = watch.jobs();
    if (is_one_plain_job(jobs)) {
      if (jobs.front().state < JobState::Starting) {
        reason.look(session);
      }
    } else if (!jobs.empty() && !session.options.is_quiet) {
      progress.show(counts_of(jobs), now());
    }
    if (watch.has_ended()) {
      progress.finish();
      return {Waited::How::Ended, jobs};
    }
    if (timeout && now() - began >= *timeout) {
      progress.finish();
      return {Waited::How::TimedOut, jobs};
    }
    Duration pause = pace.next();
    if (timeout) {
      pause = std::min(pause, *timeout - (now() - began));
    }
    if (session.interrupts.wait(std::max(pause, Duration(1000)))) {
      progress.finish();
      return {Waited::How::Interrupted, jobs};
    }
  }
}

std::string failure_words(const wire::JobView& job) {
  const std::string code = job.exit_code ? "exit code " + std::to_string(*job.exit_code) : "";
  if (!job.reason.empty()) {
    return code.empty() ? job.reason : job.reason + " (" + code + ")";
  }
  // AWS's text for any container that ended by itself says nothing beside the code.
  if (code.empty() || job.status_reason != "Essential container in task exited") {
    if (job.status_reason.empty()) {
      return code.empty() ? "no reason given" : code;
    }
    return code.empty() ? job.status_reason : job.status_reason + " (" + code + ")";
  }
  return code;
}

std::string ending_sentence(const wire::JobView& job) {
  std::string line =
      job.id + " " + std::string(job.state == JobState::Succeeded ? "SUCCEEDED" : "FAILED");
  const std::string time = run_time_text(job, wall_now());
  if (!time.empty()) {
    line += " in " + time;
  }
  if (job.state == JobState::Failed) {
    line += ": " + harmless(failure_words(job));
  }
  if (job.counts) {
    const auto failed = (*job.counts)[static_cast<std::size_t>(JobState::Failed)];
    line += "; " + std::to_string(static_cast<std::uint32_t>(job.array_size) - failed) + " of " +
            std::to_string(job.array_size) + " children succeeded";
  }
  return line;
}

}  // namespace dray::cli
