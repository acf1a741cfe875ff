#include "scheduler/service/link_port.h"

#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <gtest/gtest.h>

#include "tests/unit/service/frame_peer.h"

namespace dray {
namespace {

/// Answers each socket with a byte that tells what it was taken for.
class PortOfCall : public ::testing::Test {
 protected:
  PortOfCall()
      : port(
            io, [this](auto socket) { answer(std::move(socket), 'a'); },
            [this](auto socket) { answer(std::move(socket), 'l'); }, 3) {
    number = *port.listen("127.0.0.1", 0);
    port.start();
    thread = std::thread([this] { io.run(); });
  }
  ~PortOfCall() override {
    io.stop();
    thread.join();
  }
  static void answer(boost::asio::ip::tcp::socket socket, char byte) {
    std::string frame;
    wire::append_frame(frame, wire::FrameKind::Facts, std::string(1, byte));
    boost::system::error_code ignored;
    boost::asio::write(socket, boost::asio::buffer(frame), ignored);
  }

  boost::asio::io_context io;
  LinkPort port;
  std::uint16_t number = 0;
  std::thread thread;
};

TEST_F(PortOfCall, TellsAgentsFromLogsByTheFirstFrame) {
  FramePeer agent(number);
  FramePeer logs(number);
  agent.say(AgentMessage(Hello{}));
  logs.say(LogMessage(LogHello{}));
  EXPECT_EQ(agent.hear()->payload, "a");
  EXPECT_EQ(logs.hear()->payload, "l");
}

TEST_F(PortOfCall, WaitsForAHeadThatComesInPieces) {
  FramePeer agent(number);
  const std::string hello = wire::encode(AgentMessage(Hello{}));
  for (const char byte : hello.substr(0, 4)) {
    agent.say_bytes(std::string(1, byte));
  }
  agent.say_bytes(hello.substr(4));
  EXPECT_EQ(agent.hear()->payload, "a");
}

TEST_F(PortOfCall, ClosesWhatBeginsWithAnythingElse) {
  FramePeer http(number);
  http.say_bytes("GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(http.has_ended());
}

TEST_F(PortOfCall, LetsTheOldestThatSayNothingGoWhenThereAreTooMany) {
  FramePeer oldest(number);
  FramePeer older(number);
  std::vector<std::unique_ptr<FramePeer>> crowd;
  for (int i = 0; i < 3; ++i) {
    crowd.push_back(std::make_unique<FramePeer>(number));
  }
  EXPECT_TRUE(oldest.has_ended());
  EXPECT_TRUE(older.has_ended());
  // Whoever speaks is heard, the last and those of the crowd.
  FramePeer agent(number);
  agent.say(AgentMessage(Hello{}));
  EXPECT_EQ(agent.hear()->payload, "a");
  crowd.back()->say(LogMessage(LogHello{}));
  EXPECT_EQ(crowd.back()->hear()->payload, "l");
}

TEST(LinkPort, RefusesAddressesFromOutsideAndPortsInUse) {
  boost::asio::io_context io;
  LinkPort port(io, {}, {});
  EXPECT_FALSE(port.listen("0.0.0.0", 0));
  EXPECT_FALSE(port.listen("nonsense", 0));
  const auto number = port.listen("127.0.0.1", 0);
  ASSERT_TRUE(number);
  LinkPort other(io, {}, {});
  const auto refused = other.listen("127.0.0.1", *number);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().reason.find(std::to_string(*number)), std::string::npos);
}

}  // namespace
}  // namespace dray
