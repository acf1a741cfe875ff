#include "api/wire/link_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "api/wire/link_values.h"

namespace dray::wire {
namespace {

std::vector<Frame> frames_of(const std::string& bytes) {
  FrameParser parser;
  parser.feed(bytes);
  std::vector<Frame> frames;
  while (auto frame = parser.next()) {
    frames.push_back(std::move(*frame));
  }
  return frames;
}

std::string hex(const std::string& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

AttemptKey a_key() {
  return {{{300}, 7}, 2};
}
AttemptToken a_token() {
  return {0x1122334455667788, 0x99aabbccddeeff00};
}
const std::string kKey = "ac020e02";
const std::string kToken = "887766554433221100ffeeddccbbaa99";

StartAttempts a_start() {
  auto spec = std::make_shared<JobSpec>();
  spec->name = "j";
  spec->container.image = "native";
  spec->container.command = {"true"};
  return {{5},
          {{{300}, {1, 2}, "ce", {{"A", "b"}}, std::move(spec)}},
          {{a_key(), a_token(), true}, {{{{1}, kNoChild}, 1}, {}, false}}};
}

TEST(LinkCodec, HasGoldenBytesForEveryMessageOfAnAgent) {
  EXPECT_EQ(hex(encode(AgentMessage(Hello{
                1, "a", "ce", {2000, 512, 0}, "b", 3, 4, {{a_key(), a_token(), true}}, {}, "f"}))),
            "2800000001"
            "0101610263"
            "65a01f8008000162"
            "0304"
            "01" +
                kKey + kToken + "01" + "00" + "0166");
  EXPECT_EQ(hex(encode(AgentMessage(LeaseAsked{{5}, 6}))), "02000000020506");
  AttemptFinished finished{a_key(), a_token(), true, false, Duration(3), Duration(2), {}};
  finished.end = {Outcome::Failed, 1, "r", "s", {4, 5}};
  EXPECT_EQ(hex(encode(AgentMessage(
                Facts{{5}, {AttemptBegan{a_key(), a_token(), Duration(1)}, finished}}))),
            "3a00000003"
            "0502"
            "01" +
                kKey + kToken + "02" + "02" + kKey + kToken +
                "01000604"
                "01010201720173080a");
}

TEST(LinkCodec, HasGoldenBytesForEveryMessageOfTheScheduler) {
  EXPECT_EQ(hex(encode(SchedulerMessage(Welcome{{5}, 4, Duration(60), Duration(1), {a_key()}}))),
            "0900000010"
            "0504780201" +
                kKey);
  EXPECT_EQ(hex(encode(SchedulerMessage(HelloRefused{4, "no"}))),
            "0400000011"
            "04026e6f");
  EXPECT_EQ(hex(encode(SchedulerMessage(LeaseGranted{{5}, 6, Duration(60)}))),
            "0300000012"
            "050678");
  EXPECT_EQ(hex(encode(SchedulerMessage(a_start()))),
            "6c00000013"
            "0501ac02"
            "01000000000000000200000000000000"
            "0263650101410162"
            "01016a00000006"
            "6e6174697665"
            "010474727565"
            "00000000000000"
            "00020001000000000000000002" +
                kKey + kToken + "01" + "010101" + "0000000000000000000000000000000000");
  EXPECT_EQ(hex(encode(SchedulerMessage(RetractAttempts{{5}, {a_key()}}))),
            "0600000014"
            "0501" +
                kKey);
  EXPECT_EQ(hex(encode(SchedulerMessage(StopAttempts{{5}, {a_key()}, Duration(30)}))),
            "0700000015"
            "0501" +
                kKey + "3c");
  EXPECT_EQ(hex(encode(SchedulerMessage(AcknowledgeEnds{{5}, {a_key()}}))),
            "0600000016"
            "0501" +
                kKey);
}

TEST(LinkCodec, HasGoldenBytesForEveryMessageOfTheLogs) {
  EXPECT_EQ(hex(encode(LogMessage(LogHello{"a", "b", 3}))),
            "0500000020"
            "0161016203");
  EXPECT_EQ(hex(encode(LogMessage(LogBytes{a_key(), a_token(), 128, "xy", true}))),
            "1a00000021" + kKey + kToken +
                "8001"
                "01"
                "027879");
  EXPECT_EQ(hex(encode(LogMessage(LogStored{a_key(), 128, true}))), "0700000022" + kKey +
                                                                        "8001"
                                                                        "01");
}

// ---- round trips --------------------------------------------------------------------------------

rc::Gen<AttemptKey> any_key() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(1, 1'000'000), rc::gen::inRange(-1, 10'000),
                     rc::gen::inRange<AttemptNumber>(1, 10)),
      [](const auto& it) {
        return AttemptKey{{{std::get<0>(it)}, std::get<1>(it)}, std::get<2>(it)};
      });
}

AttemptFinished any_finished() {
  AttemptFinished finished;
  finished.key = *any_key();
  finished.token = {*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>()};
  finished.had_begun = *rc::gen::arbitrary<bool>();
  finished.was_retracted = *rc::gen::arbitrary<bool>();
  finished.began_age = Duration(*rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000));
  finished.end.outcome = static_cast<Outcome>(*rc::gen::inRange(0, 8));
  if (*rc::gen::arbitrary<bool>()) {
    finished.end.exit_code = *rc::gen::arbitrary<std::int32_t>();
  }
  finished.end.reason = *rc::gen::arbitrary<std::string>();
  finished.end.usage.cpu_ms = *rc::gen::inRange<std::int64_t>(0, 1'000'000);
  for (int left = *rc::gen::inRange(0, 3); left > 0; --left) {
    ContainerEnd one{.name = *rc::gen::arbitrary<std::string>(), .has_begun = left == 1};
    if (*rc::gen::arbitrary<bool>()) {
      one.exit_code = *rc::gen::arbitrary<std::int32_t>();
    }
    one.reason = *rc::gen::arbitrary<std::string>();
    finished.end.containers.push_back(std::move(one));
  }
  return finished;
}

TEST(LinkCodec, GivesBackEveryFactsMessage) {
  EXPECT_TRUE(rc::check([] {
    Facts facts{{*rc::gen::arbitrary<std::uint64_t>()}, {}};
    for (int left = *rc::gen::inRange(0, 5); left > 0; --left) {
      if (*rc::gen::arbitrary<bool>()) {
        facts.facts.emplace_back(any_finished());
      } else {
        facts.facts.emplace_back(AttemptBegan{*any_key(), {}, Duration(5)});
      }
    }
    const auto frames = frames_of(encode(AgentMessage(facts)));
    RC_ASSERT(frames.size() == 1U);
    const auto decoded = decode_agent_message(frames.front());
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(std::get<Facts>(*decoded) == facts);
  }));
}

TEST(LinkCodec, GivesBackEveryHello) {
  EXPECT_TRUE(rc::check([](std::uint64_t incarnation, std::uint64_t sequence) {
    Hello hello{
        1, *rc::gen::arbitrary<std::string>(), "ce", {1, 2, 3}, "boot", incarnation, sequence, {},
        {}};
    for (int left = *rc::gen::inRange(0, 5); left > 0; --left) {
      hello.held.push_back({*any_key(), {}, *rc::gen::arbitrary<bool>()});
      hello.ended.push_back({*any_key(), {}, *rc::gen::arbitrary<bool>()});
    }
    const auto decoded = decode_agent_message(frames_of(encode(AgentMessage(hello))).front());
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(std::get<Hello>(*decoded) == hello);
  }));
}

TEST(LinkCodec, GivesBackStartsWithTheirJobs) {
  const StartAttempts start = a_start();
  const auto decoded = decode_scheduler_message(frames_of(encode(SchedulerMessage(start))).front());
  ASSERT_TRUE(decoded);
  const auto& back = std::get<StartAttempts>(*decoded);
  EXPECT_EQ(back.session, start.session);
  EXPECT_EQ(back.starts, start.starts);
  ASSERT_EQ(back.jobs.size(), 1U);
  EXPECT_EQ(back.jobs[0].uuid, start.jobs[0].uuid);
  EXPECT_EQ(back.jobs[0].queue_environment, start.jobs[0].queue_environment);
  EXPECT_EQ(*back.jobs[0].spec, *start.jobs[0].spec);
}

TEST(LinkCodec, CutsLongStartsSoThatAJobComesBeforeItsStarts) {
  StartAttempts start = a_start();
  auto spec = std::make_shared<JobSpec>(*start.jobs[0].spec);
  spec->as_given = std::string(1024 * 1024, 'x');
  for (std::uint64_t job = 1; job < 20; ++job) {
    start.jobs.push_back({{job}, {job, job}, "ce", {}, spec});
    start.starts.push_back({{{{job}, kNoChild}, 1}, {}, false});
  }
  const auto frames = frames_of(encode(SchedulerMessage(start)));
  EXPECT_GT(frames.size(), 10U);
  std::size_t jobs = 0;
  std::vector<StartAttempt> starts;
  for (const Frame& frame : frames) {
    const auto decoded = decode_scheduler_message(frame);
    ASSERT_TRUE(decoded);
    const auto& piece = std::get<StartAttempts>(*decoded);
    jobs += piece.jobs.size();
    starts.insert(starts.end(), piece.starts.begin(), piece.starts.end());
    EXPECT_TRUE(piece.starts.empty() || jobs == start.jobs.size());
  }
  EXPECT_EQ(starts, start.starts);
}

// ---- broken bytes -------------------------------------------------------------------------------

TEST(LinkCodec, RefusesWhatIsOutOfRange) {
  const auto refuses = [](Hello hello) {
    return !decode_agent_message(frames_of(encode(AgentMessage(std::move(hello)))).front());
  };
  EXPECT_TRUE(refuses({.capacity = {-1, 0, 0}}));
  EXPECT_TRUE(refuses({.capacity = {0, std::int64_t{1} << 62, 0}}));
  EXPECT_TRUE(refuses({.agent_name = std::string(kLinkTextMax + 1, 'x')}));
  EXPECT_TRUE(refuses({.held = {{{{{0}, kNoChild}, 1}, {}, false}}}));
  EXPECT_TRUE(refuses({.held = {{{{{1}, -2}, 1}, {}, false}}}));
  EXPECT_TRUE(refuses({.held = {{{{{1}, kNoChild}, 0}, {}, false}}}));
  EXPECT_FALSE(refuses({.held = {{{{{1}, kNoChild}, 1}, {}, false}}}));
}

TEST(LinkCodec, RefusesPayloadsThatAreCutOrTooLong) {
  const std::string bytes = encode(SchedulerMessage(a_start()));
  Frame frame = frames_of(bytes).front();
  const std::string whole = frame.payload;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    frame.payload = whole.substr(0, length);
    EXPECT_FALSE(decode_scheduler_message(frame)) << length;
  }
  frame.payload = whole + '\0';
  EXPECT_FALSE(decode_scheduler_message(frame));
}

TEST(LinkCodec, RefusesAMessageOfTheOtherSide) {
  const Frame frame = frames_of(encode(AgentMessage(LeaseAsked{{1}, 1}))).front();
  EXPECT_FALSE(decode_scheduler_message(frame));
  EXPECT_FALSE(decode_log_message(frame));
  EXPECT_TRUE(decode_agent_message(frame));
}

TEST(LinkCodec, SurvivesAnyBytes) {
  EXPECT_TRUE(rc::check([](std::uint8_t kind, const std::string& payload) {
    const Frame frame{kind, payload};
    const Frame known{static_cast<std::uint8_t>(kind % 35), payload};
    for (const Frame& it : {frame, known}) {
      (void)decode_agent_message(it);
      (void)decode_scheduler_message(it);
      (void)decode_log_message(it);
    }
  }));
}

TEST(LinkCodec, SurvivesEveryFlippedBit) {
  Frame frame = frames_of(encode(SchedulerMessage(a_start()))).front();
  for (std::size_t bit = 0; bit < frame.payload.size() * 8; ++bit) {
    Frame flipped = frame;
    flipped.payload[bit / 8] = static_cast<char>(flipped.payload[bit / 8] ^ 1 << bit % 8);
    (void)decode_scheduler_message(flipped);
  }
}

}  // namespace
}  // namespace dray::wire
