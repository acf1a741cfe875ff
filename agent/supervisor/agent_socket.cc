#include "agent/supervisor/agent_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dray::supervisor {
namespace {

constexpr std::chrono::milliseconds kAcceptAgain{100};
constexpr std::size_t kUnsentBytesMax = 64 * 1024 * 1024;

bool is_one_of_us(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == ::geteuid() || peer.uid == 0);
}

}  // namespace

SocketPath::SocketPath(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  folder_ = ::open(path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  name_ = path.substr(slash + 1);
}

SocketPath::~SocketPath() {
  if (folder_ >= 0) {
    ::close(folder_);
  }
}

boost::asio::local::stream_protocol::endpoint SocketPath::endpoint() const {
  return {"/proc/self/fd/" + std::to_string(folder_) + "/" + name_};
}

class AgentSocket::Conversation : public std::enable_shared_from_this<Conversation> {
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

  void send(std::string frame) {
    if (listener_ == nullptr) {
      return;
    }
    unsent_ += frame;
    if (unsent_.size() > kUnsentBytesMax) {
      end();
    } else {
      write();
    }
  }

  /// Silently: the listener hears nothing more of it.
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
    while (auto body = take_frame(rest, is_broken)) {
      auto message = decode_to_supervisor(*body);
      if (!message) {
        return false;
      }
      if (listener_ == nullptr) {
        return false;
      }
      listener_->heard(std::move(*message));
    }
    received_.erase(0, received_.size() - rest.size());
    return !is_broken;
  }

  void write() {
    if (is_writing_ || unsent_.empty()) {
      return;
    }
    is_writing_ = true;
    sending_ = std::exchange(unsent_, {});
    boost::asio::async_write(
        socket_, boost::asio::buffer(sending_),
        [self = shared_from_this()](boost::system::error_code failed, std::size_t) {
          if (failed) {
            return;  // What the agent wrote before it went is still read; the end of that ends us.
          }
          self->is_writing_ = false;
          self->write();
        });
  }

  void end() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    if (Listener* listener = std::exchange(listener_, nullptr)) {
      listener->agent_disconnected();
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

AgentSocket::AgentSocket(boost::asio::io_context& io, Listener& listener)
    : listener_(listener), acceptor_(io), again_(io) {}

AgentSocket::~AgentSocket() {
  close();
}

Result<void> AgentSocket::listen(const std::string& path) {
  const SocketPath address(path);
  ::unlink(path.c_str());  // Ours: the data folder is locked.
  boost::system::error_code failed;
  acceptor_.open(boost::asio::local::stream_protocol(), failed);
  const mode_t mask = ::umask(0177);
  if (!failed) {
    acceptor_.bind(address.endpoint(), failed);
  }
  ::umask(mask);
  if (!failed) {
    acceptor_.listen(4, failed);
  }
  if (failed) {
    return refuse(ErrorCode::Unavailable, path + ": " + failed.message());
  }
  accept();
  return {};
}

void AgentSocket::accept() {
  acceptor_.async_accept(
      [this](boost::system::error_code failed, boost::asio::local::stream_protocol::socket socket) {
        if (failed == boost::asio::error::operation_aborted) {
          return;
        }
        if (failed) {
          accept_later();
          return;
        }
        if (is_one_of_us(socket.native_handle())) {
          replace(std::make_shared<Conversation>(std::move(socket), listener_));
        }
        accept();
      });
}

/// No descriptor is free: whoever knocks has to wait.
void AgentSocket::accept_later() {
  again_.expires_after(kAcceptAgain);
  again_.async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled) {
      accept();
    }
  });
}

void AgentSocket::replace(std::shared_ptr<Conversation> conversation) {
  if (conversation_) {
    conversation_->leave();
  }
  conversation_ = std::move(conversation);
  listener_.agent_connected();
  conversation_->read();
}

void AgentSocket::send(const ToAgent& message) {
  if (conversation_) {
    conversation_->send(encode(message));
  }
}

void AgentSocket::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  again_.cancel();
  if (conversation_) {
    conversation_->leave();
    conversation_.reset();
  }
}

}  // namespace dray::supervisor
