#include <gtest/gtest.h>

#include "scheduler/store/job_search.h"
#include "scheduler/store/reader.h"
#include "tests/unit/store/pages.h"
#include "tests/unit/store/store_room.h"

/// What the status page asks of the rows.
namespace dray {
namespace {

using State = JobState;

Ids search(StoreRoom& room, const JobSearch& search) {
  return ids(room.reader().search(search, {1000, ""}).value());
}

Ids all_found(StoreRoom& room, const JobSearch& search, std::int32_t results_max) {
  return all_pages(results_max,
                   [&](const Page& page) { return room.reader().search(search, page).value(); });
}

JobAdded added(std::uint64_t id, const std::string& name, const std::string& queue,
               State state = State::Runnable) {
  JobSpec spec = a_spec(name);
  spec.queue = queue;
  return JobAdded{a_job(id, spec, state)};
}

TEST(JobSearch, GoesThroughAllQueuesNewestFirst) {
  StoreRoom room;
  room.commit({added(1, "a", "q"), added(2, "b", "r", State::Running), added(3, "c", "q"),
               added(4, "d", "s", State::Failed), added(5, "e", "r")});
  EXPECT_EQ(search(room, {}), (Ids{5, 4, 3, 2, 1}));
  EXPECT_EQ(search(room, {.queue = "r"}), (Ids{5, 2}));
  EXPECT_EQ(search(room, {.states = {State::Failed, State::Running}}), (Ids{4, 2}));
  EXPECT_EQ(search(room, {.queue = "q", .states = {State::Runnable}}), (Ids{3, 1}));
  EXPECT_EQ(search(room, {.queue = "nowhere"}), Ids{});
  for (const std::int32_t size : {1, 2, 3, 5, 6}) {
    EXPECT_EQ(all_found(room, {}, size), (Ids{5, 4, 3, 2, 1})) << size;
    EXPECT_EQ(all_found(room, {.queue = "r"}, size), (Ids{5, 2})) << size;
    EXPECT_EQ(all_found(room, {.states = {State::Runnable, State::Failed}}, size),
              (Ids{5, 4, 3, 1}))
        << size;
  }
}

TEST(JobSearch, KnowsPatternsOfNames) {
  StoreRoom room;
  room.commit({added(1, "align-1", "q"), added(2, "Align_2", "r"), added(3, "sort", "q"),
               added(4, "re-align", "q", State::Failed), added(5, "align", "q")});
  EXPECT_EQ(search(room, {.name = "align"}), Ids{5});
  EXPECT_EQ(search(room, {.name = "ALIGN*"}), (Ids{5, 2, 1}));
  EXPECT_EQ(search(room, {.name = "*align"}), (Ids{5, 4}));
  EXPECT_EQ(search(room, {.name = "*align*"}), (Ids{5, 4, 2, 1}));
  EXPECT_EQ(search(room, {.name = "align?1"}), Ids{1});
  EXPECT_EQ(search(room, {.name = "?o*t"}), Ids{3});
  EXPECT_EQ(search(room, {.name = "x*"}), Ids{});
  EXPECT_EQ(search(room, {.queue = "r", .name = "a*"}), Ids{2});
  EXPECT_EQ(search(room, {.states = {State::Failed}, .name = "*ali*"}), Ids{4});
  EXPECT_EQ(search(room, {.name = "[a]*"}), Ids{});
  EXPECT_EQ(all_found(room, {.name = "a*"}, 1), (Ids{5, 2, 1}));
}

TEST(JobSearch, KeepsItsPlaceWhileJobsArrive) {
  StoreRoom room;
  room.commit({added(1, "a", "q"), added(2, "a", "q"), added(3, "a", "q")});
  const auto first = room.reader().search({}, {2, ""}).value();
  EXPECT_EQ(ids(first), (Ids{3, 2}));
  room.commit({added(4, "a", "q")});
  EXPECT_EQ(ids(room.reader().search({}, {2, first.next}).value()), Ids{1});
  EXPECT_EQ(room.reader().search({}, {2, "x"}).error().code, ErrorCode::BadRequest);
}

TEST(JobSearch, GivesShortPagesOfRareJobsAndGoesOn) {
  StoreRoom room;
  std::vector<Change> changes{added(1, "rare", "q")};
  const std::uint64_t last = store::kSearchedAPageMax + 100;
  for (std::uint64_t id = 2; id <= last; ++id) {
    changes.push_back(added(id, "many", "q"));
  }
  room.commit(std::move(changes));
  const auto page = room.reader().search({.name = "*are"}, {10, ""}).value();
  EXPECT_EQ(ids(page), Ids{});
  EXPECT_NE(page.next, "");
  EXPECT_EQ(all_found(room, {.name = "*are"}, 10), Ids{1});
  EXPECT_EQ(search(room, {.name = "rare"}), Ids{1});
  // So many with one beginning are not gathered first.
  EXPECT_EQ(ids(room.reader().search({.name = "man*"}, {2, ""}).value()), (Ids{last, last - 1}));
}

TEST(QueueStatus, TellsTheOldestThatWaitsForRoom) {
  StoreRoom room;
  JobQueue queue;
  queue.name = "q";
  const auto oldest = [&] {
    return room.reader().queues({"q"}).value().front().oldest_runnable_at;
  };
  room.commit({QueuePut{queue}, JobAdded{a_job(1, a_spec("j"), State::Running)}});
  EXPECT_EQ(oldest(), std::nullopt);
  room.commit({JobAdded{a_job(5, a_spec("j"))}, JobAdded{a_job(6, a_spec("j"))}});
  EXPECT_EQ(oldest(), WallTime{1'005});
  room.commit({JobAdded{a_job(3, a_spec("array", 2), State::Pending)}});
  EXPECT_EQ(oldest(), WallTime{1'003}) << "children that wait count";
  room.commit({counts(3, {0, 0, 0, 0, 2, 0, 0})});
  EXPECT_EQ(oldest(), WallTime{1'005});
}

TEST(ChildrenView, DrawsEveryChildAndGroupsWhatFailed) {
  StoreRoom room;
  Attempt stopped = an_ended_attempt(1, 7, Outcome::Stopped);
  stopped.stop_requested = true;
  stopped.stop_reason = "by me";
  room.commit({JobAdded{a_job(1, a_spec("a", 12), State::Pending)},
               AttemptPut{an_ended_attempt(1, 0, Outcome::Succeeded)},
               AttemptPut{an_ended_attempt(1, 1, Outcome::Failed, false, 1)},
               AttemptPut{an_ended_attempt(1, 1, Outcome::Failed, true, 2)},
               AttemptPut{an_ended_attempt(1, 2, Outcome::Failed)},
               AttemptPut{an_attempt(1, 3, AttemptState::Running)},
               AttemptPut{an_attempt(1, 4, AttemptState::Starting)},
               AttemptPut{an_attempt(1, 5, AttemptState::Ahead)},
               AttemptPut{an_ended_attempt(1, 6, Outcome::Failed)}, AttemptPut{stopped},
               ChildrenEnded{JobId{1}, 9, 10, State::Failed, "cancelled", {2'500}},
               counts(1, {0, 0, 3, 1, 1, 1, 6})});
  const ChildrenView view = room.reader().children(a_uuid(1)).value();
  using enum JobState;
  EXPECT_EQ(view.states, (std::vector{Succeeded, Failed, Failed, Running, Starting, Runnable,
                                      Failed, Failed, Runnable, Failed, Failed, Runnable}));
  EXPECT_EQ(view.retried, (std::vector<std::pair<std::int32_t, AttemptNumber>>{{1, 2}}));
  EXPECT_EQ(view.retried_count, 1U);
  ASSERT_EQ(view.causes.size(), 3U);
  EXPECT_EQ(view.causes[0].count, 3U);
  EXPECT_EQ(view.causes[0].exit_code, 1);
  EXPECT_EQ(view.causes[0].reason, "reason");
  EXPECT_EQ(view.causes[0].status_reason, "status");
  using Runs = std::vector<std::pair<std::int32_t, std::int32_t>>;
  EXPECT_EQ(view.causes[0].runs, (Runs{{1, 2}, {6, 6}}));
  EXPECT_EQ(view.causes[1].status_reason, "cancelled");
  EXPECT_EQ(view.causes[1].runs, (Runs{{9, 10}}));
  EXPECT_EQ(view.causes[1].exit_code, std::nullopt);
  EXPECT_EQ(view.causes[2].status_reason, "by me");
  EXPECT_EQ(view.causes[2].example(), 7);
}

TEST(ChildrenView, LeavesOutTheRarestOfManyCauses) {
  StoreRoom room;
  std::vector<Change> changes{JobAdded{a_job(1, a_spec("a", 200), State::Failed)}};
  for (std::int32_t child = 0; child < 200; ++child) {
    Attempt attempt = an_ended_attempt(1, child, Outcome::Failed);
    attempt.end->exit_code = child < 100 ? 1 : child;
    changes.push_back(AttemptPut{attempt});
  }
  room.commit(std::move(changes));
  const ChildrenView view = room.reader().children(a_uuid(1)).value();
  ASSERT_EQ(view.causes.size(), 50U);
  EXPECT_EQ(view.causes[0].count, 100U);
  EXPECT_EQ(view.causes_left_out, 51U);
}

TEST(ChildrenView, IsOfArraysOnly) {
  StoreRoom room;
  room.commit({JobAdded{a_job(1, a_spec("single"))}});
  EXPECT_EQ(room.reader().children(a_uuid(1)).error().code, ErrorCode::NotFound);
  EXPECT_EQ(room.reader().children(a_uuid(2)).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace dray
