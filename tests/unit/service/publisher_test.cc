#include "scheduler/service/publisher.h"

#include <gtest/gtest.h>

namespace dray {
namespace {

void tell(Publisher& publisher, std::uint64_t job, const char* queue = "q") {
  publisher.note_job({1, job});
  publisher.note_queue(queue);
  publisher.publish();
}

TEST(Publisher, FoldsWhatHappensUntilItIsAskedFor) {
  Publisher publisher(100);
  const std::uint64_t from = publisher.listen([] {});
  EXPECT_GT(from, 100U);
  tell(publisher, 1);
  tell(publisher, 2, "r");
  tell(publisher, 1);
  const api::News news = publisher.since(from);
  EXPECT_EQ(news.jobs, (std::vector<Uuid>{{1, 1}, {1, 2}}));
  EXPECT_EQ(news.queues, (std::vector<std::string>{"q", "r"}));
  EXPECT_GT(news.number, from);
  EXPECT_TRUE(publisher.since(news.number).is_empty());
  EXPECT_EQ(publisher.since(news.number).number, news.number);
}

TEST(Publisher, LetsEachGoOnFromWhereItStands) {
  Publisher publisher(100);
  const std::uint64_t first = publisher.listen([] {});
  tell(publisher, 1);
  const std::uint64_t second = publisher.since(first).number;
  tell(publisher, 2);
  EXPECT_EQ(publisher.since(second).jobs, (std::vector<Uuid>{{1, 2}}));
  EXPECT_EQ(publisher.since(first).jobs, (std::vector<Uuid>{{1, 1}, {1, 2}}));
}

TEST(Publisher, NamesNoMoreThanItMay) {
  Publisher publisher(100);
  const std::uint64_t from = publisher.listen([] {});
  for (std::uint64_t job = 0; job < 500; ++job) {
    tell(publisher, job);
  }
  const api::News news = publisher.since(from);
  EXPECT_EQ(news.jobs.size(), api::News::kNamesMax);
  EXPECT_TRUE(news.is_all);
  EXPECT_FALSE(news.is_gap);
}

TEST(Publisher, SaysWhenItDoesNotKnowAnyMore) {
  Publisher publisher(100);
  const std::uint64_t from = publisher.listen([] {});
  EXPECT_TRUE(publisher.since(from - 1).is_gap);
  EXPECT_TRUE(publisher.since(from + 1).is_gap) << "a number it never gave out";
  std::uint64_t number = from;
  for (std::uint64_t job = 0; job < 200; ++job) {
    tell(publisher, job);
    number = publisher.since(number).number;
  }
  EXPECT_TRUE(publisher.since(from).is_gap);
  EXPECT_FALSE(publisher.since(number - 10).is_gap);
  publisher.stop_listening();
  EXPECT_FALSE(publisher.is_heard());
  publisher.listen([] {});
  EXPECT_TRUE(publisher.since(number).is_gap) << "nothing was kept in between";
}

TEST(Publisher, RingsOnceUntilItIsAsked) {
  Publisher publisher(100);
  int rings = 0;
  const std::uint64_t from = publisher.listen([&rings] { ++rings; });
  publisher.publish();
  EXPECT_EQ(rings, 0);
  tell(publisher, 1);
  tell(publisher, 2);
  EXPECT_EQ(rings, 1);
  publisher.since(from);
  tell(publisher, 3);
  EXPECT_EQ(rings, 2);
}

}  // namespace
}  // namespace dray
