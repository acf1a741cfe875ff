#include "agent/supervisor_client.h"

#include <array>
#include <csignal>
#include <filesystem>
#include <utility>

#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/supervisor/agent_socket.h"

namespace dray {
namespace {

constexpr std::chrono::milliseconds kTryAgain{20};
/// A supervisor that was started and does not answer is started again after so many tries: it may
/// first have to kill what an earlier one left.
constexpr int kTriesToStart = 100;

}  // namespace

class SupervisorClient::Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(boost::asio::local::stream_protocol::socket socket, Listener& listener)
      : socket_(std::move(socket)), listener_(&listener) {}

  void read() {
    socket_.async_read_some(
        boost::asio::buffer(buffer_),
        [self = shared_from_this()](boost::system::error_code failed, std::size_t length) {
          if (failed || !self->take(length)) {
            self->end();
          } else {
            self->read();
          }
        });
  }

  void send(const std::string& frame) {
    unsent_ += frame;
    write();
  }

  void leave() {
    listener_ = nullptr;
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  bool take(std::size_t length) {
    received_.append(buffer_.data(), length);
    std::string_view rest = received_;
    bool is_broken = false;
    while (auto body = supervisor::take_frame(rest, is_broken)) {
      auto message = supervisor::decode_to_agent(*body);
      if (!message || listener_ == nullptr) {
        return false;
      }
      listener_->supervisor_said(std::move(*message));
    }
    received_.erase(0, received_.size() - rest.size());
    return !is_broken;
  }

  void write() {
    if (is_writing_ || unsent_.empty() || !socket_.is_open()) {
      return;
    }
    is_writing_ = true;
    sending_ = std::exchange(unsent_, {});
    boost::asio::async_write(
        socket_, boost::asio::buffer(sending_),
        [self = shared_from_this()](boost::system::error_code failed, std::size_t) {
          self->is_writing_ = false;
          if (!failed) {
            self->write();
          }
        });
  }

  void end() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    if (Listener* listener = std::exchange(listener_, nullptr)) {
      listener->supervisor_down();
    }
  }

  boost::asio::local::stream_protocol::socket socket_;
  Listener* listener_;
  std::array<char, 64 * 1024> buffer_{};
  std::string received_;
  std::string sending_;
  std::string unsent_;
  bool is_writing_ = false;
};

SupervisorClient::SupervisorClient(boost::asio::io_context& io, const supervisor::Folders& folders,
                                   std::string agent_name, std::vector<std::string> options,
                                   Listener& listener)
    : io_(io),
      folders_(folders),
      agent_name_(std::move(agent_name)),
      options_(std::move(options)),
      listener_(listener),
      again_(io) {}

SupervisorClient::~SupervisorClient() {
  stop();
}

void SupervisorClient::call() {
  tries_ = 0;
  try_once();
}

void SupervisorClient::try_once() {
  if (is_stopped_) {
    return;
  }
  const supervisor::SocketPath address(folders_.socket());
  boost::asio::local::stream_protocol::socket socket(io_);
  boost::system::error_code failed;
  socket.connect(address.endpoint(), failed);
  if (!failed) {
    conversation_ = std::make_shared<Conversation>(std::move(socket), listener_);
    conversation_->read();
    send(supervisor::Greeting{.agent_name = agent_name_});
    return;
  }
  if (tries_ % kTriesToStart == 0) {
    start_supervisor();
  }
  tries_ += 1;
  again_.expires_after(kTryAgain);
  again_.async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled) {
      try_once();
    }
  });
}

/// One that holds the folder's lock already makes the new one leave at once.
void SupervisorClient::start_supervisor() {
  std::error_code failed;
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe", failed);
  std::vector<std::string> arguments{(own.parent_path() / "dray-supervisor").string(), "--data-dir",
                                     folders_.data(), "--name", agent_name_};
  arguments.insert(arguments.end(), options_.begin(), options_.end());
  start_supervisor_daemon(arguments, folders_.supervisor_words());
}

void SupervisorClient::send(const supervisor::ToSupervisor& message) {
  if (conversation_) {
    conversation_->send(supervisor::encode(message));
  }
}

void SupervisorClient::stop() {
  is_stopped_ = true;
  again_.cancel();
  if (conversation_) {
    conversation_->leave();
  }
}

bool start_supervisor_daemon(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<char*> words;
  for (const std::string& argument : arguments) {
    words.push_back(const_cast<char*>(argument.c_str()));
  }
  words.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) {
    return false;
  }
  if (child > 0) {
    ::waitpid(child, nullptr, 0);
    return true;
  }
  ::setsid();
  if (::fork() != 0) {
    ::_exit(0);
  }
  const int nothing = ::open("/dev/null", O_RDONLY);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execv(words.front(), words.data());
  ::_exit(127);
}

}  // namespace dray
