#include <gtest/gtest.h>

#include "scheduler/store/reader.h"
#include "tests/unit/store/pages.h"
#include "tests/unit/store/store_room.h"

namespace dray {
namespace {

using State = JobState;

PageOf<JobSummary> list(StoreRoom& room, const JobQuery& query, const Page& page = {}) {
  return room.reader().list(query, page).value();
}

std::vector<std::int32_t> children(const PageOf<JobSummary>& page) {
  std::vector<std::int32_t> found;
  for (const JobSummary& summary : page.items) {
    found.push_back(summary.child);
  }
  return found;
}

Ids all_listed(StoreRoom& room, const JobQuery& query, std::int32_t results_max) {
  return all_pages(results_max, [&](const Page& page) { return list(room, query, page); });
}

TEST(JobList, PagesAQueueByStateAndId) {
  StoreRoom room;
  std::vector<Change> changes;
  for (std::uint64_t id = 1; id <= 20; ++id) {
    changes.push_back(
        JobAdded{a_job(id, a_spec("j"), id % 2 == 0 ? State::Running : State::Runnable)});
  }
  JobSpec elsewhere = a_spec("j");
  elsewhere.queue = "r";
  changes.push_back(JobAdded{a_job(21, elsewhere, State::Running)});
  room.commit(changes);
  const JobQuery running{.queue = "q", .state = State::Running};
  for (const std::int32_t size : {1, 3, 5, 10, 11}) {
    EXPECT_EQ(all_listed(room, running, size), (Ids{2, 4, 6, 8, 10, 12, 14, 16, 18, 20})) << size;
  }
  EXPECT_EQ(list(room, running, {10, ""}).next, "");
  EXPECT_EQ(ids(list(room, {.queue = "none", .state = State::Running})), Ids{});
}

TEST(JobList, FiltersByNameNewestFirst) {
  StoreRoom room;
  room.commit({JobAdded{a_job(1, a_spec("Alpha"), State::Failed)},
               JobAdded{a_job(2, a_spec("alphabet"))}, JobAdded{a_job(3, a_spec("ALPHA"))},
               JobAdded{a_job(4, a_spec("beta"))}});
  const auto named = [&](const std::string& name) {
    return all_listed(room, {.queue = "q", .name_filter = name}, 1);
  };
  EXPECT_EQ(named("alpha"), (Ids{3, 1}));
  EXPECT_EQ(named("alpha*"), (Ids{3, 2, 1}));
  EXPECT_EQ(named("*"), (Ids{4, 3, 2, 1}));
  EXPECT_EQ(named("alp"), Ids{});
  EXPECT_EQ(named("a%*"), Ids{}) << "no pattern but the star";
  EXPECT_EQ(ids(list(room, {.queue = "q", .state = State::Failed, .name_filter = "alpha*"})),
            Ids{1});
}

TEST(JobList, FiltersByShareAndState) {
  StoreRoom room;
  JobSpec a = a_spec("j");
  a.share_identifier = "a";
  JobSpec b = a_spec("j");
  b.share_identifier = "ab";
  room.commit({JobAdded{a_job(1, a, State::Running)}, JobAdded{a_job(2, b, State::Running)},
               JobAdded{a_job(3, a, State::Failed)}, JobAdded{a_job(4, a_spec("j"))}});
  EXPECT_EQ(all_listed(room, {.queue = "q", .share_filter = "a"}, 1), (Ids{3, 1}));
  EXPECT_EQ(ids(list(room, {.queue = "q", .state = State::Running, .share_filter = "a"})), Ids{1});
  EXPECT_EQ(ids(list(room, {.queue = "q", .share_filter = "c"})), Ids{});
  EXPECT_EQ(ids(list(room, {.queue = "r", .share_filter = "a"})), Ids{});
}

TEST(JobList, FiltersByDefinition) {
  StoreRoom room;
  JobSpec other = a_spec("j");
  other.definition = "door";
  JobSpec older = a_spec("j");
  older.definition_revision = 2;
  room.commit(
      {JobAdded{a_job(1, a_spec("j"))}, JobAdded{a_job(2, other)}, JobAdded{a_job(3, older)}});
  const auto of = [&](const std::string& definition) {
    return all_listed(room, {.queue = "q", .definition_filter = definition}, 2);
  };
  EXPECT_EQ(of("d"), (Ids{3, 1}));
  EXPECT_EQ(of("d*"), (Ids{3, 2, 1}));
  EXPECT_EQ(of("d:3"), Ids{1});
  EXPECT_EQ(of("d:x"), Ids{});
  EXPECT_EQ(of("D"), Ids{}) << "AWS: case-sensitive";
}

TEST(JobList, FiltersByTime) {
  StoreRoom room;
  std::vector<Change> changes;
  for (std::uint64_t id = 1; id <= 6; ++id) {
    Job job = a_job(id, a_spec("j"));
    job.created_at.epoch_ms = 100 * static_cast<std::int64_t>((id + 1) / 2);
    changes.push_back(JobAdded{job});
  }
  room.commit(changes);  // Times: 100 100 200 200 300 300.
  EXPECT_EQ(all_listed(room, {.queue = "q", .created_before = WallTime{300}}, 1),
            (Ids{4, 3, 2, 1}));
  EXPECT_EQ(all_listed(room, {.queue = "q", .created_after = WallTime{100}}, 3), (Ids{6, 5, 4, 3}));
  EXPECT_EQ(all_listed(room, {.queue = "q"}, 5), (Ids{6, 5, 4, 3, 2, 1})) << "no state, no filter";
}

TEST(JobList, ShowsParentsOnceWithTheirCounts) {
  StoreRoom room;
  room.commit({JobAdded{a_job(1, a_spec("many", 9), State::Pending)},
               counts(1, {0, 0, 8, 0, 1, 0, 0}),
               AttemptPut{an_attempt(1, 0, AttemptState::Running)},
               JobAdded{a_job(2, a_spec("one"), State::Failed)},
               AttemptPut{an_ended_attempt(2, kNoChild, Outcome::Failed, false)},
               AttemptPut{an_ended_attempt(2, kNoChild, Outcome::Killed, true, 2)}});
  const auto parents = list(room, {.queue = "q", .state = State::Pending});
  ASSERT_EQ(parents.items.size(), 1U);
  EXPECT_EQ(parents.items[0].counts, (StateCounts{0, 0, 8, 0, 1, 0, 0}));
  EXPECT_EQ(parents.items[0].child, kNoChild);
  const auto failed = list(room, {.queue = "q", .state = State::Failed});
  ASSERT_EQ(failed.items.size(), 1U);
  EXPECT_EQ(failed.items[0].exit_code, 1);
  EXPECT_EQ(failed.items[0].reason, "reason");
}

TEST(JobList, ListsChildrenWithAndWithoutRows) {
  StoreRoom room;
  room.commit({JobAdded{a_job(1, a_spec("many", 12), State::Pending)},
               counts(1, {0, 0, 7, 0, 1, 2, 2}),
               AttemptPut{an_ended_attempt(1, 0, Outcome::Succeeded)},
               AttemptPut{an_ended_attempt(1, 3, Outcome::Failed)},
               AttemptPut{an_attempt(1, 4, AttemptState::Running)},
               AttemptPut{an_ended_attempt(1, 9, Outcome::Succeeded)},
               ChildrenEnded{JobId{1}, 6, 7, State::Failed, "stop", {9}, true, false}});
  using Children = std::vector<std::int32_t>;
  const auto of = [&](std::optional<State> state, std::int32_t results_max) {
    Children found;
    Page page{results_max, ""};
    do {
      const auto items = list(room, {.array = a_uuid(1), .state = state}, page);
      const Children some = children(items);
      found.insert(found.end(), some.begin(), some.end());
      page.after = items.next;
    } while (!page.after.empty());
    return found;
  };
  for (const std::int32_t size : {1, 2, 5, 100}) {
    EXPECT_EQ(of(State::Succeeded, size), (Children{0, 9}));
    EXPECT_EQ(of(State::Failed, size), (Children{3, 6, 7}));
    EXPECT_EQ(of(State::Running, size), (Children{4}));
    EXPECT_EQ(of(State::Runnable, size), (Children{1, 2, 5, 8, 10, 11}));
    EXPECT_EQ(of(std::nullopt, size), (Children{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  }
  const auto failed = list(room, {.array = a_uuid(1), .state = State::Failed});
  EXPECT_EQ(failed.items[0].exit_code, 1);
  EXPECT_EQ(failed.items[1].job.status_reason, "stop");
  EXPECT_FALSE(failed.items[1].exit_code);
  EXPECT_EQ(children(list(room, {.array = a_uuid(2), .state = State::Failed})), Children{});
}

TEST(JobList, KeepsAPageOfRareChildrenShort) {
  StoreRoom room;
  room.commit({JobAdded{a_job(1, a_spec("many", 250'000), State::Pending)},
               AttemptPut{an_attempt(1, 240'000, AttemptState::Running)}});
  const JobQuery query{.array = a_uuid(1), .state = State::Running};
  auto page = list(room, query);
  EXPECT_TRUE(page.items.empty());
  EXPECT_EQ(page.next, "100000");
  page = list(room, query, {100, page.next});
  page = list(room, query, {100, page.next});
  EXPECT_EQ(children(page), std::vector<std::int32_t>{240'000});
  EXPECT_EQ(page.next, "");
}

TEST(JobList, RefusesATokenOfAnotherList) {
  StoreRoom room;
  for (const std::string token : {"x", "1:2:3", "", ":", "99999999999999999999", "1 "}) {
    const Page page{100, token.empty() ? "-" : token};
    EXPECT_FALSE(room.reader().list({.queue = "q", .state = State::Running}, page)) << token;
    EXPECT_FALSE(room.reader().list({.queue = "q", .name_filter = "x"}, page)) << token;
    EXPECT_FALSE(room.reader().list({.array = a_uuid(1)}, page)) << token;
  }
}

}  // namespace
}  // namespace dray
