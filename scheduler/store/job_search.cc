#include "scheduler/store/job_search.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "model/names.h"
#include "scheduler/store/job_list.h"
#include "scheduler/store/rows.h"

namespace dray::store {
namespace {

constexpr std::size_t kPageMax = 1'000;
/// More jobs than this with one beginning of their names are found sooner by looking at all.
constexpr std::int64_t kNamedMax = 20'000;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// '*' any text, '?' any one byte.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  std::size_t p = 0;
  std::size_t t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || lower(pattern[p]) == lower(text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(),
                     [](char c) { return c == '*'; });
}

/// Looks for jobs below a number, newest first.
class Search {
 public:
  Search(ReadSession& session, const JobSearch& search)
      : session_(session),
        search_(search),
        beginning_(search.name.substr(0, search.name.find_first_of("*?"))) {}

  /// The next candidates below `before`, at most about `count_max`; none at the end. Those that
  /// match are among them, and all that are left out are older.
  std::vector<std::int64_t> candidates(std::int64_t before, std::size_t count_max) {
    if (!search_.consumable.empty()) {
      return of_consumable(before, count_max);
    }
    if (!named_ && !beginning_.empty()) {
      named_ = find_named();
    }
    if (named_ && !named_->empty()) {
      const auto first = std::upper_bound(named_->begin(), named_->end(), before, std::greater<>());
      const auto left = static_cast<std::size_t>(named_->end() - first);
      return {first, first + static_cast<std::ptrdiff_t>(std::min(left, count_max))};
    }
    if (named_ && !is_dense_) {
      return {};
    }
    return search_.queue.empty() && search_.states.empty() ? of_all(before, count_max)
                                                           : of_states(before, count_max);
  }

  /// Whether the job of this number is one that is looked for.
  bool is_wanted(std::int64_t id) {
    if (search_.name.empty() && search_.states.empty() && search_.queue.empty()) {
      return true;
    }
    Statement& row = session_.use("SELECT queue, state, name FROM job WHERE id = ?");
    if (!row.bind(id).step()) {
      return false;
    }
    const auto state = parse_job_state(row.text(1));
    const auto& states = search_.states;
    return (search_.queue.empty() || row.text(0) == search_.queue) &&
           (states.empty() || std::find(states.begin(), states.end(), state) != states.end()) &&
           (search_.name.empty() || matches(search_.name, row.text(2)));
  }

 private:
  using Ids = std::vector<std::int64_t>;

  /// The queues to look through, also those that are gone: by leaps through an index.
  std::vector<std::string> queues() {
    if (!search_.queue.empty()) {
      return {search_.queue};
    }
    std::vector<std::string> found;
    Statement& next = session_.use(
        "SELECT queue FROM job INDEXED BY job_by_state WHERE queue > ? ORDER BY queue LIMIT 1");
    std::string last;
    while (next.bind(last).step()) {
      last = next.text(0);
      found.push_back(last);
    }
    return found;
  }

  /// All jobs whose name begins as is asked, newest first; nothing, and is_dense_, when many do.
  std::optional<Ids> find_named() {
    Ids found;
    std::string low = beginning_;
    std::transform(low.begin(), low.end(), low.begin(), lower);
    std::string high = low;
    ++high.back();
    Statement& rows = session_.use(
        "SELECT id FROM job INDEXED BY job_by_name WHERE queue = ?1 AND name COLLATE NOCASE >= ?2 "
        "AND name COLLATE NOCASE < ?3 LIMIT ?4");
    for (const std::string& queue : queues()) {
      for (rows.bind(queue, low, high, kNamedMax + 1); rows.step();) {
        found.push_back(rows.integer(0));
      }
      rows.reset();
      if (found.size() > static_cast<std::size_t>(kNamedMax)) {
        is_dense_ = true;
        return Ids{};
      }
    }
    std::sort(found.begin(), found.end(), std::greater<>());
    return found;
  }

  Ids of_consumable(std::int64_t before, std::size_t count_max) {
    Ids found;
    Statement& rows = session_.use(
        "SELECT job FROM job_consumable WHERE resource = ? AND job < ? ORDER BY job DESC LIMIT ?");
    for (rows.bind(search_.consumable, before, count_max); rows.step();) {
      found.push_back(rows.integer(0));
    }
    return found;
  }

  Ids of_all(std::int64_t before, std::size_t count_max) {
    Ids found;
    Statement& rows = session_.use("SELECT id FROM job WHERE id < ? ORDER BY id DESC LIMIT ?");
    for (rows.bind(before, count_max); rows.step();) {
      found.push_back(rows.integer(0));
    }
    return found;
  }

  /// The index by queue and state holds each pair's jobs by number: their heads are merged.
  Ids of_states(std::int64_t before, std::size_t count_max) {
    std::vector<JobState> states = search_.states;
    for (std::size_t i = 0; states.size() < kJobStates && search_.states.empty(); ++i) {
      states.push_back(static_cast<JobState>(i));
    }
    Ids found;
    Statement& rows = session_.use(
        "SELECT id FROM job INDEXED BY job_by_state WHERE queue = ? AND state = ? AND id < ? "
        "ORDER BY id DESC LIMIT ?");
    for (const std::string& queue : queues()) {
      for (const JobState state : states) {
        for (rows.bind(queue, name_of(state), before, count_max); rows.step();) {
          found.push_back(rows.integer(0));
        }
        rows.reset();
      }
    }
    std::sort(found.begin(), found.end(), std::greater<>());
    // Older ones of one list may be older than what another list has not shown yet.
    found.resize(std::min(found.size(), count_max));
    return found;
  }

  ReadSession& session_;
  const JobSearch& search_;
  std::string beginning_;
  std::optional<Ids> named_;
  bool is_dense_ = false;
};

}  // namespace

Result<PageOf<JobSummary>> search_jobs(ReadSession& session, const JobSearch& search,
                                       const Page& page) {
  const auto cursor = page.after.empty()
                          ? std::vector{std::numeric_limits<std::int64_t>::max()}
                          : parse_cursor(page.after, 1).value_or(std::vector<std::int64_t>{});
  if (cursor.empty()) {
    return refuse(ErrorCode::BadRequest, "The nextToken is not one of this list.");
  }
  const auto items_max =
      std::clamp<std::size_t>(static_cast<std::size_t>(std::max(page.results_max, 1)), 1, kPageMax);
  // A name makes most candidates fail: look at more of them at once.
  const std::size_t chunk = search.name.empty() ? items_max + 1 : 4 * kPageMax;
  Search finder(session, search);
  std::vector<std::int64_t> ids;
  std::int64_t last = cursor.front();
  std::size_t looked_at = 0;
  bool has_more = false;
  for (bool is_done = false; !is_done;) {
    const std::vector<std::int64_t> some = finder.candidates(last, chunk);
    is_done = some.empty();
    for (const std::int64_t id : some) {
      has_more = ids.size() == items_max || ++looked_at > kSearchedAPageMax;
      if (has_more) {
        is_done = true;
        break;
      }
      last = id;
      if (finder.is_wanted(id)) {
        ids.push_back(id);
      }
    }
  }
  PageOf<JobSummary> found;
  found.items = job_summaries(session, ids);
  if (has_more) {
    found.next = std::to_string(last);
  }
  return found;
}

}  // namespace dray::store
