#include "scheduler/service/agent_listener.h"

#include <thread>

#include <gtest/gtest.h>

#include "scheduler/service/clock.h"
#include "scheduler/service/link_port.h"
#include "tests/unit/service/frame_peer.h"

namespace dray {
namespace {

class AgentListening : public ::testing::Test {
 protected:
  explicit AgentListening(AgentListener::Bounds bounds = {})
      : inbox({}),
        listener(io, inbox, bounds),
        port(io, [this](auto it) { listener.take(std::move(it)); }, {}) {
    number = *port.listen("127.0.0.1", 0);
    port.start();
    thread = std::thread([this] { io.run(); });
  }
  ~AgentListening() override {
    io.stop();
    thread.join();
  }
  Letter next_letter() {
    auto letters = inbox.take(1, Clock::now() + std::chrono::seconds(20));
    EXPECT_EQ(letters.size(), 1U);
    return letters.empty() ? Letter{} : std::move(letters[0]);
  }
  /// Says hello as that agent and is granted that session.
  void greet(FramePeer& peer, AgentId agent, SessionId session) {
    peer.say(AgentMessage(Hello{.agent_name = "a"}));
    const Letter hello = next_letter();
    EXPECT_TRUE(std::holds_alternative<AgentSaidHello>(hello.what));
    listener.deliver(hello.from, {{agent, Welcome{session, 0, {}, {}, {}}}});
    EXPECT_EQ(peer.expect<Welcome>().session, session);
  }

  boost::asio::io_context io;
  Inbox inbox;
  AgentListener listener;
  LinkPort port;
  std::uint16_t number = 0;
  std::thread thread;
};

TEST_F(AgentListening, BringsWhatAnAgentSaysInItsSession) {
  FramePeer peer(number);
  greet(peer, {1}, {10});
  peer.say(AgentMessage(LeaseAsked{{9}, 1}));  // Another session: dropped (F2).
  peer.say(AgentMessage(Facts{{9}, {}}));
  peer.say(AgentMessage(LeaseAsked{{10}, 2}));
  const Letter letter = next_letter();
  ASSERT_TRUE(std::holds_alternative<AgentAskedLease>(letter.what));
  EXPECT_EQ(std::get<AgentAskedLease>(letter.what).lease.number, 2U);
}

TEST_F(AgentListening, SendsOrdersToTheConnectionOfTheirSessionOnly) {
  FramePeer one(number);
  FramePeer two(number);
  greet(one, {1}, {10});
  greet(two, {2}, {20});
  listener.deliver(0, {{{1}, LeaseGranted{{99}, 1, {}}},
                       {{2}, LeaseGranted{{20}, 2, {}}},
                       {{1}, LeaseGranted{{10}, 3, {}}}});
  EXPECT_EQ(one.expect<LeaseGranted>().number, 3U);
  EXPECT_EQ(two.expect<LeaseGranted>().number, 2U);
}

TEST_F(AgentListening, TellsThatASessionHasLostItsConnection) {
  FramePeer peer(number);
  greet(peer, {1}, {10});
  peer.close();
  const Letter letter = next_letter();
  ASSERT_TRUE(std::holds_alternative<AgentDisconnected>(letter.what));
  EXPECT_EQ(std::get<AgentDisconnected>(letter.what).session, SessionId{10});
}

TEST_F(AgentListening, TellsThatASessionWasGrantedToAConnectionThatHasGone) {
  {
    FramePeer peer(number);
    peer.say(AgentMessage(Hello{}));
    const Letter hello = next_letter();
    peer.say_bytes(std::string("\0\0\0\0\xff", 5));  // Nonsense: the connection is closed.
    EXPECT_TRUE(peer.has_ended());
    listener.deliver(hello.from, {{{1}, Welcome{{10}, 0, {}, {}, {}}}});
  }
  const Letter letter = next_letter();
  ASSERT_TRUE(std::holds_alternative<AgentDisconnected>(letter.what));
}

TEST_F(AgentListening, ClosesTheOlderConnectionOfAnAgent) {
  FramePeer older(number);
  FramePeer newer(number);
  greet(older, {1}, {10});
  greet(newer, {1}, {11});
  EXPECT_TRUE(older.has_ended());
  const Letter letter = next_letter();
  ASSERT_TRUE(std::holds_alternative<AgentDisconnected>(letter.what));
  EXPECT_EQ(std::get<AgentDisconnected>(letter.what).session, SessionId{10});
  newer.say(AgentMessage(LeaseAsked{{11}, 4}));
  EXPECT_TRUE(std::holds_alternative<AgentAskedLease>(next_letter().what));
}

TEST_F(AgentListening, AnswersARefusedHelloOnItsConnection) {
  FramePeer peer(number);
  peer.say(AgentMessage(Hello{}));
  const Letter hello = next_letter();
  listener.deliver(hello.from, {{{}, HelloRefused{0, "stale"}}});
  EXPECT_EQ(peer.expect<HelloRefused>().reason, "stale");
}

class AgentListeningToACrowd : public AgentListening {
 protected:
  AgentListeningToACrowd()
      : AgentListening({.peers_max = 2,
                        .stranger_silence_max = std::chrono::hours(1),
                        .payload_bytes_max = 1000}) {}
};

TEST_F(AgentListeningToACrowd, LetsTheOldestStrangerGoAndNobodyWhoHasASession) {
  FramePeer agent(number);
  greet(agent, {1}, {10});
  FramePeer stranger(number);
  stranger.say_bytes(wire::encode(AgentMessage(Hello{})).substr(0, 6));
  FramePeer other(number);
  greet(other, {2}, {20});
  EXPECT_TRUE(stranger.has_ended());
  FramePeer late(number);
  late.say(AgentMessage(Hello{}));
  EXPECT_TRUE(late.has_ended());
  agent.say(AgentMessage(LeaseAsked{{10}, 2}));
  EXPECT_TRUE(std::holds_alternative<AgentAskedLease>(next_letter().what));
}

TEST_F(AgentListeningToACrowd, DoesNotWaitForAPayloadThatIsTooLong) {
  FramePeer agent(number);
  agent.say_bytes(std::string("\xe9\x03\0\0\x01", 5));
  EXPECT_TRUE(agent.has_ended());
}

class AgentListeningImpatiently : public AgentListening {
 protected:
  AgentListeningImpatiently()
      : AgentListening({.stranger_silence_max = std::chrono::milliseconds(50)}) {}
};

TEST_F(AgentListeningImpatiently, ClosesWhoDoesNotFinishAHello) {
  FramePeer peer(number);
  peer.say_bytes(wire::encode(AgentMessage(Hello{})).substr(0, 6));
  EXPECT_TRUE(peer.has_ended());
}

TEST_F(AgentListeningImpatiently, ClosesWhoSaysNothingAfterARefusal) {
  FramePeer peer(number);
  peer.say(AgentMessage(Hello{}));
  const Letter hello = next_letter();
  listener.deliver(hello.from, {{{}, HelloRefused{0, "stale"}}});
  EXPECT_TRUE(peer.hear());
  EXPECT_TRUE(peer.has_ended());
}

TEST_F(AgentListeningImpatiently, ClosesASessionThatIsSilentForLongerThanItsLease) {
  FramePeer peer(number);
  peer.say(AgentMessage(Hello{.agent_name = "a"}));
  const Letter hello = next_letter();
  // A lease that is over for long: the connection ends, and the session is told to have.
  listener.deliver(hello.from,
                   {{{1}, Welcome{{10}, 0, std::chrono::milliseconds(-59'900), {}, {}}}});
  EXPECT_TRUE(peer.hear());
  EXPECT_TRUE(peer.has_ended());
  EXPECT_TRUE(std::holds_alternative<AgentDisconnected>(next_letter().what));
}

}  // namespace
}  // namespace dray
