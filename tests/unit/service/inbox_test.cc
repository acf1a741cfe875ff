#include "scheduler/service/inbox.h"

#include <thread>

#include <gtest/gtest.h>

#include "scheduler/service/clock.h"
#include "scheduler/service/crash_point.h"
#include "scheduler/service/id_source.h"

namespace dray {
namespace {

Letter a_letter(ConnectionNumber from = 0) {
  return {Ticked{}, {}, from};
}

TEST(Inbox, GivesLettersOutInOrderAndNoMoreThanAsked) {
  Inbox inbox({});
  for (ConnectionNumber i = 1; i <= 5; ++i) {
    EXPECT_TRUE(inbox.post(a_letter(i), Inbox::Sender::Link));
  }
  const auto first = inbox.take(3, std::nullopt);
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(first[2].from, 3U);
  EXPECT_EQ(inbox.take(100, std::nullopt).size(), 2U);
}

TEST(Inbox, RefusesTheDoorBeforeTheLinkAndTakesDisconnectsAlways) {
  Inbox inbox({.door_max = 1, .link_max = 2});
  EXPECT_TRUE(inbox.post(a_letter(), Inbox::Sender::Door));
  EXPECT_FALSE(inbox.post(a_letter(), Inbox::Sender::Door));
  EXPECT_TRUE(inbox.post(a_letter(), Inbox::Sender::Link));
  EXPECT_FALSE(inbox.post(a_letter(), Inbox::Sender::Link));
  EXPECT_TRUE(inbox.post(a_letter(), Inbox::Sender::Always));
}

TEST(Inbox, RefusesTheLinkWhenTooManyBytesWait) {
  Inbox inbox({.link_bytes_max = 100});
  const auto post = [&] { return inbox.post({Ticked{}, {}, 1, 60}, Inbox::Sender::Link); };
  EXPECT_TRUE(post());
  EXPECT_TRUE(post());
  EXPECT_FALSE(post());
  EXPECT_TRUE(inbox.post(a_letter(), Inbox::Sender::Door));
  EXPECT_EQ(inbox.take(2, std::nullopt).size(), 2U);
  EXPECT_TRUE(post());
}

TEST(Inbox, RefusesTheDoorWhileItIsShut) {
  Inbox inbox({});
  inbox.shut_door(true);
  EXPECT_FALSE(inbox.post(a_letter(), Inbox::Sender::Door));
  EXPECT_TRUE(inbox.post(a_letter(), Inbox::Sender::Link));
  inbox.shut_door(false);
  EXPECT_TRUE(inbox.post(a_letter(), Inbox::Sender::Door));
}

TEST(Inbox, GivesOutWhatWaitsAfterItIsClosed) {
  Inbox inbox({});
  EXPECT_TRUE(inbox.post(a_letter(), Inbox::Sender::Door));
  inbox.close();
  EXPECT_FALSE(inbox.post(a_letter(), Inbox::Sender::Always));
  EXPECT_EQ(inbox.take(10, std::nullopt).size(), 1U);
  EXPECT_TRUE(inbox.take(10, std::nullopt).empty());
}

TEST(Inbox, WakesWhoWaitsForALetter) {
  Inbox inbox({});
  std::vector<Letter> taken;
  std::thread reader([&] { taken = inbox.take(10, std::nullopt); });
  EXPECT_TRUE(inbox.post(a_letter(7), Inbox::Sender::Door));
  reader.join();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].from, 7U);
}

TEST(Inbox, ReturnsNothingWhenTheTimeHasCome) {
  Inbox inbox({});
  EXPECT_TRUE(inbox.take(10, Clock::now()).empty());
  EXPECT_TRUE(inbox.take(10, Clock::now() + std::chrono::milliseconds(5)).empty());
}

TEST(Inbox, LetsLettersGatherUntilOneIsAwaited) {
  Inbox inbox({});
  EXPECT_TRUE(inbox.post(a_letter(1), Inbox::Sender::Link));
  std::vector<Letter> taken;
  std::thread reader(
      [&] { taken = inbox.take(10, std::nullopt, Clock::now() + std::chrono::hours(1)); });
  EXPECT_TRUE(inbox.post(a_letter(2), Inbox::Sender::Link));
  EXPECT_TRUE(inbox.post({Ticked{}, [](const Reply&) {}, 3}, Inbox::Sender::Door));
  reader.join();
  ASSERT_EQ(taken.size(), 3U);
  // None is awaited any more, and there is nothing left to gather for.
  EXPECT_TRUE(inbox.post(a_letter(4), Inbox::Sender::Link));
  EXPECT_EQ(inbox.take(10, std::nullopt, Clock::now() + std::chrono::milliseconds(5)).size(), 1U);
}

TEST(Clock, NeverGoesBack) {
  Clock clock;
  const WallTime future{clock.wall().epoch_ms + 1'000'000};
  clock.not_before(future);
  EXPECT_EQ(clock.wall(), future);
  clock.not_before({5});
  EXPECT_EQ(clock.wall(), future);
}

TEST(IdSource, MakesDifferentUuidsOfVersionFour) {
  const Uuid one = fresh_uuid();
  EXPECT_NE(one, fresh_uuid());
  EXPECT_EQ(to_string(one)[14], '4');
}

TEST(CrashPoint, EndsTheProcessAtTheNamedCount) {
  EXPECT_EXIT(
      {
        CrashPoint point("after_commit:2");
        point.pass("before_commit");
        point.pass("after_commit");
        point.pass("after_commit");
      },
      ::testing::ExitedWithCode(137), "");
  CrashPoint point("after_commit:2");
  point.pass("after_commit");
  for (const char* text : {"", "after_commit", "after_commit:", "after_commit:x"}) {
    CrashPoint never(text);
    never.pass("after_commit");
  }
}

}  // namespace
}  // namespace dray
