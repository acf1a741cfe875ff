#include "api/link/connection.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

namespace dray::link {
namespace {

using boost::asio::ip::tcp;

struct Recorder : Connection::Listener {
  std::vector<wire::Frame> frames;
  std::vector<std::string> ends;
  void received(Connection&, wire::Frame frame) override { frames.push_back(std::move(frame)); }
  void closed(Connection&, const std::string& reason) override { ends.push_back(reason); }
};

std::string a_frame(const std::string& payload) {
  std::string bytes;
  wire::append_frame(bytes, wire::FrameKind::Facts, payload);
  return bytes;
}

class Connections : public ::testing::Test {
 protected:
  Connections() {
    tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 0});
    tcp::socket left(io);
    left.connect(acceptor.local_endpoint());
    tcp::socket right = acceptor.accept();
    near = Connection::create(std::move(left), {.outbox_bytes_max = 4 * 1024 * 1024}, near_heard);
    far = Connection::create(std::move(right), {}, far_heard);
  }
  template <class Done>
  void run_until(Done done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done() && std::chrono::steady_clock::now() < end) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds(100));
    }
    ASSERT_TRUE(done());
  }

  boost::asio::io_context io;
  Recorder near_heard;
  Recorder far_heard;
  std::shared_ptr<Connection> near;
  std::shared_ptr<Connection> far;
};

TEST_F(Connections, CarriesFramesBothWaysInOrder) {
  near->start();
  far->start();
  for (int i = 0; i < 1000; ++i) {
    near->send(a_frame(std::to_string(i)));
  }
  far->send(a_frame("back"));
  run_until([&] { return far_heard.frames.size() == 1000 && near_heard.frames.size() == 1; });
  EXPECT_EQ(far_heard.frames[999].payload, "999");
  EXPECT_EQ(near_heard.frames[0].payload, "back");
}

TEST_F(Connections, CarryAFrameAsLongAsAllowed) {
  far->start();
  near->start();
  far->send(a_frame(std::string(wire::kFramePayloadMax, 'x')));
  run_until([&] { return near_heard.frames.size() == 1; });
  EXPECT_EQ(near_heard.frames[0].payload.size(), wire::kFramePayloadMax);
}

TEST_F(Connections, TellTheOtherSideOfAnEndOnce) {
  near->start();
  far->start();
  near->close();
  run_until([&] { return !far_heard.ends.empty(); });
  EXPECT_EQ(far_heard.ends.size(), 1U);
  EXPECT_TRUE(near_heard.ends.empty());
}

TEST_F(Connections, EndWhenTheOutboxOverflows) {
  near->start();  // The far side never reads.
  for (int i = 0; i < 1000 && near_heard.ends.empty(); ++i) {
    near->send(a_frame(std::string(64 * 1024, 'x')));
    EXPECT_LE(near->outbox_bytes(), 5U * 1024 * 1024);
  }
  run_until([&] { return !near_heard.ends.empty(); });
  EXPECT_EQ(near_heard.ends.size(), 1U);
}

TEST_F(Connections, EndWhenAFrameIsTooLong) {
  near->start();
  far->start();
  near->send(std::string("\xff\xff\xff\xff\x01", 5));
  run_until([&] { return !far_heard.ends.empty(); });
  EXPECT_TRUE(far_heard.frames.empty());
}

}  // namespace
}  // namespace dray::link
