#include "cli/follow.h"

#include <algorithm>
#include <deque>
#include <list>
#include <set>

#include "cli/waiting_reason.h"

namespace dray::cli {
namespace {

using client::Reply;

constexpr std::size_t kFollowedMax = 32;
constexpr Duration kDiscoverEvery = std::chrono::seconds(1);
/// AWS: 1,000 in a page.
constexpr std::int32_t kPageMax = 1000;
constexpr int kPagesMax = 10'000;

/// A job that never began, or whose last attempt could not be started, has no log to wait for.
bool has_no_log(const wire::JobView& job) {
  return job.attempts.empty() ? !job.started_at : !job.attempts.back().started_at;
}

/// Which children are followed, were followed, or are still to be.
class Children {
 public:
  explicit Children(std::string array) : array_(std::move(array)) {}

  /// Finds children that began since the last time.
  Reply<void> discover(Session& session, const wire::JobView& parent) {
    const Instant at = now();
    if (parent.counts == seen_counts_ && !is_partly_seen_) {
      return {};
    }
    if (looked_at_ && at - *looked_at_ < kDiscoverEvery && !is_terminal(parent.state)) {
      is_partly_seen_ = true;
      return {};
    }
    looked_at_ = at;
    const Reply<std::vector<wire::JobView>> children =
        children_of(session, array_, {JobState::Running, JobState::Succeeded, JobState::Failed});
    if (!children) {
      return tl::unexpected(children.error());
    }
    for (const wire::JobView& child : *children) {
      if (is_terminal(child.state)) {
        ended_.insert(child.id);
      }
      if (known_.insert(child.id).second && child.started_at) {
        waiting_.emplace_back(child.id, child.child);
      }
    }
    seen_counts_ = parent.counts;
    is_partly_seen_ = false;
    return {};
  }

  /// Reads from all that are followed. True when there was anything.
  Reply<bool> read(Session& session, LogPrinter& printer) {
    bool is_news = false;
    while (readers_.size() < kFollowedMax && !waiting_.empty()) {
      readers_.emplace_back(waiting_.front().first, waiting_.front().second, std::nullopt);
      waiting_.pop_front();
      is_news = true;
    }
    for (auto reader = readers_.begin(); reader != readers_.end();) {
      const Reply<bool> news = reader->read(session.client, printer, now());
      if (!news) {
        return news;
      }
      is_news = is_news || *news;
      if (reader->is_over(ended_.contains(reader->id()), now())) {
        printer.finish(reader->child());
        reader = readers_.erase(reader);
      } else {
        ++reader;
      }
    }
    return is_news;
  }

  [[nodiscard]] bool is_done() const {
    return readers_.empty() && waiting_.empty() && !is_partly_seen_;
  }

 private:
  std::string array_;
  std::set<std::string> known_;
  std::set<std::string> ended_;
  std::deque<std::pair<std::string, std::int32_t>> waiting_;
  std::list<LogReader> readers_;
  std::optional<StateCounts> seen_counts_;
  std::optional<Instant> looked_at_;
  bool is_partly_seen_ = false;
};

}  // namespace

Reply<std::vector<wire::JobView>> children_of(Session& session, const std::string& array,
                                              const std::vector<JobState>& states) {
  std::vector<wire::JobView> children;
  for (const JobState state : states) {
    wire::ListAsk ask{.array = array, .state = state, .results_max = kPageMax};
    for (int page_number = 0; page_number < kPagesMax; ++page_number) {
      Reply<wire::JobPageView> page = session.client.list_jobs(ask);
      if (!page) {
        return tl::unexpected(page.error());
      }
      std::move(page->jobs.begin(), page->jobs.end(), std::back_inserter(children));
      ask.next_token = page->next_token;
      if (ask.next_token.empty()) {
        break;
      }
    }
  }
  std::sort(children.begin(), children.end(),
            [](const wire::JobView& a, const wire::JobView& b) { return a.child < b.child; });
  return children;
}

Waited follow_job(Session& session, const std::string& id, LogReader& reader, LogPrinter& printer,
                  std::optional<Duration> timeout) {
  session.interrupts.take_over();
  WaitingReason reason(id);
  LostServer lost(session.options.lost_for_max);
  Pace pace;
  Waited waited;
  const Instant began = now();
  while (true) {
    // The state is asked for before the log: what is read after the end is all there is.
    Reply<wire::JobView> job = session.client.describe_job(id);
    Reply<bool> news = job ? reader.read(session.client, printer, now()) : Reply<bool>(false);
    if (!job || !news) {
      const client::Failure& failure = job ? news.error() : job.error();
      if (!lost.is_worth_waiting(session, failure)) {
        report(session, failure);
        waited.how = Waited::How::Failed;
        return waited;
      }
    } else {
      lost.is_back(session);
      const bool has_ended = is_terminal(job->state);
      if (*news || waited.jobs.empty() || waited.jobs.front().state != job->state) {
        pace.news();
      }
      if (job->state < JobState::Starting) {
        reason.look(session);
      }
      const bool is_over = reader.is_over(has_ended, now()) || (has_ended && has_no_log(*job));
      waited.jobs.assign(1, std::move(*job));
      if (is_over) {
        break;
      }
    }
    if (timeout && now() - began >= *timeout) {
      waited.how = Waited::How::TimedOut;
      break;
    }
    if (session.interrupts.wait(pace.next())) {
      waited.how = Waited::How::Interrupted;
      break;
    }
  }
  printer.finish(std::nullopt);
  if (reader.is_rest_missing()) {
    session.note("dray: the rest of the log has not arrived");
  }
  return waited;
}

Waited follow_array(Session& session, const std::string& id, LogPrinter& printer) {
  session.interrupts.take_over();
  Children children(id);
  WaitingReason reason(id);
  LostServer lost(session.options.lost_for_max);
  Pace pace;
  Waited waited;
  while (true) {
    Reply<wire::JobView> parent = session.client.describe_job(id);
    Reply<void> found = parent ? children.discover(session, *parent) : Reply<void>();
    Reply<bool> news = parent && found ? children.read(session, printer) : Reply<bool>(false);
    if (!parent || !found || !news) {
      const client::Failure& failure = !parent  ? parent.error()
                                       : !found ? found.error()
                                                : news.error();
      if (!lost.is_worth_waiting(session, failure)) {
        report(session, failure);
        waited.how = Waited::How::Failed;
        return waited;
      }
    } else {
      lost.is_back(session);
      if (*news) {
        pace.news();
      }
      const bool is_over = is_terminal(parent->state) && children.is_done();
      if (parent->state < JobState::Starting && children.is_done()) {
        reason.look(session);
      }
      waited.jobs.assign(1, std::move(*parent));
      if (is_over) {
        break;
      }
    }
    if (session.interrupts.wait(pace.next())) {
      waited.how = Waited::How::Interrupted;
      break;
    }
  }
  printer.finish(std::nullopt);
  return waited;
}

}  // namespace dray::cli
