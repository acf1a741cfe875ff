#include "agent/link/log_shipper.h"

#include <filesystem>
#include <fstream>
#include <map>

#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "agent/link/scheduler_link.h"
#include "api/link/connection.h"
#include "api/wire/link_codec.h"

namespace dray {
namespace {

using boost::asio::ip::tcp;

/// A scheduler's end that stores log bytes in memory.
struct FakeScheduler : link::Connection::Listener {
  explicit FakeScheduler(boost::asio::io_context& io)
      : acceptor(io, {boost::asio::ip::address_v4::loopback(), 0}) {
    accept();
  }
  void accept() {
    acceptor.async_accept([this](const auto& failure, tcp::socket socket) {
      if (failure) {
        return;
      }
      ++connections;
      if (refuses) {
        refused.push_back(link::Connection::create(std::move(socket), {}, *this));
        refused.back()->start();
        refused.back()->send(wire::encode(SchedulerMessage(HelloRefused{1, "no"})));
        accept();
        return;
      }
      connection = link::Connection::create(std::move(socket), {}, *this);
      connection->start();
      accept();
    });
  }
  void received(link::Connection& from, wire::Frame frame) override {
    kinds.push_back(frame.kind);
    const auto message = wire::decode_log_message(frame);
    const auto* bytes = message ? std::get_if<LogBytes>(&*message) : nullptr;
    if (bytes == nullptr) {
      return;
    }
    std::string& log = logs[bytes->key];
    if (bytes->offset <= log.size()) {
      log.resize(bytes->offset);
      log += bytes->bytes;
    }
    if (!is_deaf) {
      from.send(wire::encode(LogMessage(LogStored{bytes->key, log.size(), bytes->is_last})));
    }
  }
  void closed(link::Connection&, const std::string&) override {}

  tcp::acceptor acceptor;
  std::shared_ptr<link::Connection> connection;
  int connections = 0;
  std::vector<std::shared_ptr<link::Connection>> refused;
  bool refuses = false;  ///< Every hello.
  bool is_deaf = false;  ///< Acknowledges nothing.
  std::vector<std::uint8_t> kinds;
  std::map<AttemptKey, std::string> logs;
};

class LogShipping : public ::testing::Test,
                    public LogShipper::Listener,
                    public SchedulerLink::Listener {
 protected:
  LogShipping()
      : scheduler(io),
        folder(std::filesystem::temp_directory_path() / ("shipper." + std::to_string(::getpid()))) {
    std::filesystem::create_directory(folder);
  }
  ~LogShipping() override { std::filesystem::remove_all(folder); }
  void log_stored(const AttemptKey& key, std::uint64_t offset, bool complete) override {
    stored[key] = offset;
    if (complete) {
      completed.push_back(key);
    }
  }
  void link_up() override { ++ups; }
  void link_down() override { ++downs; }
  void heard(SchedulerMessage message) override { messages.push_back(std::move(message)); }
  std::string write_file(const std::string& name, const std::string& bytes) {
    const auto path = folder / name;
    std::ofstream(path, std::ios::app) << bytes;
    return path;
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
  FakeScheduler scheduler;
  std::filesystem::path folder;
  std::map<AttemptKey, std::uint64_t> stored;
  std::vector<AttemptKey> completed;
  std::vector<SchedulerMessage> messages;
  int ups = 0;
  int downs = 0;
  const AttemptKey one{{{1}, kNoChild}, 1};
  const AttemptKey two{{{1}, 4}, 2};
};

TEST_F(LogShipping, ShipsFilesThatGrowAndSaysWhenTheyAreComplete) {
  LogShipper shipper(io, "127.0.0.1", scheduler.acceptor.local_endpoint().port(), {}, *this);
  shipper.start();
  const std::string big(3 * 1024 * 1024 + 17, 'b');
  const std::string path = write_file("one", "first ");
  shipper.ship(one, {1, 1}, path);
  shipper.ship(two, {2, 2}, write_file("two", big));
  shipper.ended(two, big.size());
  run_until([&] { return completed.size() == 1 && stored[one] == 6; });
  write_file("one", "second");
  shipper.grew(one);
  shipper.ended(one, 12);
  run_until([&] { return completed.size() == 2; });
  EXPECT_EQ(scheduler.logs[one], "first second");
  EXPECT_EQ(scheduler.logs[two], big);
  EXPECT_EQ(scheduler.kinds.front(), static_cast<std::uint8_t>(wire::FrameKind::LogHello));
}

TEST_F(LogShipping, GoesOnAfterANewConnection) {
  LogShipper shipper(io, "127.0.0.1", scheduler.acceptor.local_endpoint().port(), {}, *this);
  shipper.start();
  const std::string big(5 * 1024 * 1024, 'x');
  scheduler.is_deaf = true;
  shipper.ship(one, {}, write_file("one", big));
  shipper.ended(one, big.size());
  // Unacknowledged, it sends no more than it may have under way.
  run_until([&] { return scheduler.logs[one].size() >= 1024 * 1024; });
  EXPECT_LT(scheduler.logs[one].size(), 1200U * 1024);
  scheduler.is_deaf = false;
  scheduler.logs.clear();
  scheduler.connection->close();
  run_until([&] { return completed.size() == 1; });
  EXPECT_EQ(scheduler.connections, 2);
  EXPECT_EQ(scheduler.logs[one], big);
}

TEST_F(LogShipping, SaysAtOnceThatAnEmptyLogIsComplete) {
  LogShipper shipper(io, "127.0.0.1", scheduler.acceptor.local_endpoint().port(), {}, *this);
  shipper.start();
  shipper.ended(one, 0);
  run_until([&] { return completed.size() == 1; });
  EXPECT_EQ(stored[one], 0U);
}

TEST_F(LogShipping, EndsAFileThatLostItsEnd) {
  LogShipper shipper(io, "127.0.0.1", scheduler.acceptor.local_endpoint().port(), {}, *this);
  shipper.start();
  shipper.ship(one, {}, write_file("one", "half"));
  shipper.ended(one, 1000);
  run_until([&] { return completed.size() == 1; });
  EXPECT_EQ(stored[one], 4U);
}

TEST_F(LogShipping, DoesNotTakeAFileThatCannotBeReadNowForAnEmptyOne) {
  LogShipper shipper(io, "127.0.0.1", scheduler.acceptor.local_endpoint().port(), {}, *this);
  shipper.start();
  run_until([&] { return !scheduler.kinds.empty(); });
  const std::string path = write_file("one", "output");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  shipper.ship(one, {}, path);
  shipper.ended(one, 6);
  io.restart();
  io.run_for(std::chrono::milliseconds(300));
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(completed.empty());
  run_until([&] { return completed.size() == 1; });
  EXPECT_EQ(scheduler.logs[one], "output");
}

TEST_F(LogShipping, LinkThatIsRefusedComesBackMoreAndMoreSlowly) {
  SchedulerLink link(io, "localhost", scheduler.acceptor.local_endpoint().port(), *this);
  scheduler.refuses = true;
  link.start();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (std::chrono::steady_clock::now() < end) {
    io.restart();
    io.run_one_for(std::chrono::milliseconds(10));
    if (!messages.empty()) {
      messages.clear();
      link.drop();  // As the core does.
    }
  }
  EXPECT_GT(ups, 1);
  EXPECT_LT(ups, 10);  // Without a pause: hundreds.
  link.stop();
}

TEST_F(LogShipping, LinkComesBackByItself) {
  SchedulerLink link(io, "localhost", scheduler.acceptor.local_endpoint().port(), *this);
  link.send(LeaseAsked{});  // Not connected: dropped.
  link.start();
  run_until([&] { return ups == 1 && scheduler.connection != nullptr; });
  scheduler.connection->send(wire::encode(SchedulerMessage(LeaseGranted{{1}, 2, Duration(3)})));
  run_until([&] { return messages.size() == 1; });
  scheduler.connection->close();
  run_until([&] { return ups == 2; });
  EXPECT_EQ(downs, 1);
  link.drop();
  EXPECT_EQ(downs, 2);
  run_until([&] { return ups == 3; });
  link.stop();
}

}  // namespace
}  // namespace dray
