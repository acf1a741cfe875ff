#include "agent/shutdown.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <unistd.h>

#include "agent/supervisor/agent_socket.h"
#include "agent/supervisor/protocol.h"

namespace dray {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr unsigned kLookAgainUs = 20'000;

/// Whether a process holds this lock.
bool is_held(const std::string& lock) {
  if (::access(lock.c_str(), F_OK) != 0) {
    return false;
  }
  const auto taken = supervisor::FolderLock::take(lock);
  return !taken && taken.error().code == ErrorCode::Conflict;
}

bool wait_until_free(const std::string& lock) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (is_held(lock)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return false;
    }
    ::usleep(kLookAgainUs);
  }
  return true;
}

/// Without an agent: tell the supervisor ourselves. The name of the agent is in its greeting.
void tell_supervisor(const supervisor::Folders& folders) {
  boost::asio::io_context io(1);
  boost::asio::local::stream_protocol::socket socket(io);
  const supervisor::SocketPath address(folders.socket());
  boost::system::error_code failed;
  socket.connect(address.endpoint(), failed);
  std::string received;
  while (!failed) {
    std::array<char, 4096> buffer{};
    std::string_view rest = received;
    bool is_broken = false;
    if (const auto body = supervisor::take_frame(rest, is_broken); body || is_broken) {
      const auto message = supervisor::decode_to_agent(body.value_or(""));
      const auto* greeting = message ? std::get_if<supervisor::Greeting>(&*message) : nullptr;
      if (greeting != nullptr) {
        const supervisor::ToSupervisor same_name =
            supervisor::Greeting{.agent_name = greeting->agent_name};
        const supervisor::ToSupervisor end = supervisor::ShutDown{};
        const std::string words = supervisor::encode(same_name) + supervisor::encode(end);
        boost::asio::write(socket, boost::asio::buffer(words), failed);
      }
      return;
    }
    const std::size_t length = socket.read_some(boost::asio::buffer(buffer), failed);
    received.append(buffer.data(), length);
  }
}

}  // namespace

Result<void> write_agent_pid(const supervisor::Folders& folders) {
  std::ofstream out(folders.agent_lock(), std::ios::trunc);
  out << ::getpid() << "\n";
  out.close();
  if (!out) {
    return refuse(ErrorCode::Unavailable, folders.agent_lock() + ": " + std::strerror(errno));
  }
  return {};
}

Result<void> shut_down_folder(const supervisor::Folders& folders) {
  if (is_held(folders.agent_lock())) {
    std::ifstream in(folders.agent_lock());
    pid_t agent = 0;
    if (!(in >> agent) || agent <= 1 || ::kill(agent, SIGUSR2) != 0) {
      return refuse(ErrorCode::Unavailable,
                    "the agent of " + folders.data() + " cannot be told to end");
    }
    if (!wait_until_free(folders.agent_lock())) {
      return refuse(ErrorCode::Unavailable, "the agent of " + folders.data() + " does not end");
    }
  }
  if (is_held(folders.supervisor_lock())) {
    tell_supervisor(folders);
    if (!wait_until_free(folders.supervisor_lock())) {
      return refuse(ErrorCode::Unavailable,
                    "the supervisor of " + folders.data() + " does not end");
    }
  }
  return {};
}

}  // namespace dray
