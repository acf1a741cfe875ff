#include "api/wire/queue_snapshot.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/examples.h"

namespace dray::wire {
namespace {

TEST(DraySnapshot, TellsWhatAShareHoldsHasHeldAndWeighs) {
  QueueSnapshot snapshot{.at = {5}};
  snapshot.front.push_back({{*parse_uuid(kUuid), 3}, WallTime{4}, "train", "a"});
  snapshot.standing = SharesStanding{.half_life_seconds = 600,
                                     .compute_reservation = 10,
                                     .active = 1,
                                     .capacity = {4000, 4096, 2}};
  snapshot.standing->shares.push_back({.identifier = "a",
                                       .weight = 5'000,
                                       .dominant = Dominant::Gpus,
                                       .held = {1500, 512, 1},
                                       .average = {250, 100, 1'250},
                                       .weighted_millionths = 562'500,
                                       .waiting = 7,
                                       .running = 2,
                                       .jobs = 1});
  EXPECT_EQ(
      encode_dray_snapshot("fair", snapshot),
      R"({"queue":"fair","at":5,"front":[{"jobId":"4c7599ae-0a82-49aa-ba5a-4727fcce14a8:3",)"
      R"("name":"train","shareIdentifier":"a","createdAt":4}],"fairShare":{"halfLifeSeconds":600,)"
      R"("computeReservation":10,"activeShares":1,)"
      R"("capacity":{"vcpus":4,"memoryMiB":4096,"gpus":2},)"
      R"("shares":[{"shareIdentifier":"a","weightFactor":0.500000,"jobs":1,"waiting":7,)"
      R"("running":2,"now":{"vcpus":1.5,"memoryMiB":512,"gpus":1},)"
      R"("average":{"vcpus":0.25,"memoryMiB":100,"gpus":1.25},"dominant":"gpus",)"
      R"("weightedUse":0.562500}],"sharesLeftOut":0}})");
}

TEST(DraySnapshot, SaysNothingOfSharesInOtherQueuesNorOfPartsOfNothing) {
  QueueSnapshot snapshot{.at = {5}};
  EXPECT_EQ(encode_dray_snapshot("q", snapshot), R"({"queue":"q","at":5,"front":[]})");
  snapshot.standing.emplace().shares.push_back({.identifier = "a", .weighted_millionths = 7});
  const std::string text = encode_dray_snapshot("q", snapshot);
  EXPECT_EQ(text.find("weightedUse"), std::string::npos) << text;
  EXPECT_EQ(text.find("dominant"), std::string::npos) << text;
}

}  // namespace
}  // namespace dray::wire
