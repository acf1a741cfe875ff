#include "agent/link/log_shipper.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "agent/link/dialer.h"
#include "api/link/connection.h"
#include "api/wire/link_codec.h"

namespace dray {
namespace {

constexpr std::uint64_t kUnderWayMax = 1024 * 1024;
constexpr std::chrono::milliseconds kReadAgain{200};
constexpr std::size_t kPieceMax = 64 * 1024;

struct GrowingFile {
  AttemptToken token;
  std::string path;
  std::uint64_t stored = 0;  ///< The scheduler has it on disk.
  std::uint64_t sent = 0;    ///< At least `stored`.
  std::optional<std::uint64_t> final_size;
  bool is_last_sent = false;
  bool is_in_turn = false;  ///< Stands in `turns_`.
};

/// Up to `bytes_max` bytes at `offset`; fewer when the file ends or is not there. Nothing when it
/// cannot be read just now: that says nothing about what it holds.
std::optional<std::string> read_piece(const std::string& path, std::uint64_t offset,
                                      std::size_t bytes_max) {
  std::string piece;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) {
    return errno == ENOENT || errno == ELOOP ? std::optional(piece) : std::nullopt;
  }
  piece.resize(bytes_max);
  std::size_t have = 0;
  while (have < bytes_max) {
    const ssize_t got =
        ::pread(file, piece.data() + have, bytes_max - have, static_cast<off_t>(offset + have));
    if (got < 0) {
      ::close(file);
      return std::nullopt;
    }
    if (got == 0) {
      break;
    }
    have += static_cast<std::size_t>(got);
  }
  ::close(file);
  piece.resize(have);
  return piece;
}

}  // namespace

/// What outlives a LogShipper until its last handler has run.
class LogShipper::Conversation : public std::enable_shared_from_this<Conversation>,
                                 public link::Connection::Listener {
 public:
  Conversation(boost::asio::io_context& io, std::string host, std::uint16_t port, LogHello hello,
               LogShipper::Listener& listener)
      : io_(io),
        again_(io),
        dialer_(std::make_shared<Dialer>(io, std::move(host), port)),
        hello_(std::move(hello)),
        listener_(&listener) {}

  void dial() {
    dialer_->dial([self = shared_from_this()](boost::asio::ip::tcp::socket socket) {
      self->connection_ = link::Connection::create(std::move(socket), {}, *self);
      self->connection_->start();
      self->begin();
    });
  }

  void stop() {
    is_stopped_ = true;
    again_.cancel();
    dialer_->stop();
    if (connection_) {
      std::exchange(connection_, nullptr)->close();
    }
  }

  void ship(const AttemptKey& key, const AttemptToken& token, std::string path) {
    const auto [at, is_new] = files_.try_emplace(key);
    if (is_new) {
      at->second.token = token;
      at->second.path = std::move(path);
      take_turn(key);
    }
  }

  void grew(const AttemptKey& key) { take_turn(key); }

  void ended(const AttemptKey& key, std::uint64_t final_size) {
    const auto at = files_.find(key);
    if (at == files_.end()) {
      // Never shipped: there is no log of which anything could be missing.
      boost::asio::post(io_, [self = shared_from_this(), key] {
        if (!self->is_stopped_) {
          self->listener_->log_stored(key, 0, true);
        }
      });
      return;
    }
    at->second.final_size = final_size;
    take_turn(key);
  }

  void received(link::Connection&, wire::Frame frame) override {
    const auto self = shared_from_this();
    const Result<LogMessage> message = wire::decode_log_message(frame);
    const auto* stored = message ? std::get_if<LogStored>(&*message) : nullptr;
    if (stored == nullptr) {
      dial_again();
      return;
    }
    dialer_->praise();
    heard(*stored);
  }

  void closed(link::Connection&, const std::string&) override { dial_again(); }

 private:
  void dial_again() {
    const auto self = shared_from_this();
    if (connection_) {
      std::exchange(connection_, nullptr)->close();
    }
    if (!is_stopped_) {
      dial();
    }
  }

  /// A new connection: what was under way is sent again.
  void begin() {
    connection_->send(wire::encode(LogMessage(hello_)));
    under_way_ = 0;
    for (auto& [key, file] : files_) {
      file.sent = file.stored;
      file.is_last_sent = false;
      take_turn(key, file);
    }
    pump();
  }

  void take_turn(const AttemptKey& key) {
    const auto at = files_.find(key);
    if (at != files_.end()) {
      take_turn(key, at->second);
      pump();
    }
  }

  void take_turn(const AttemptKey& key, GrowingFile& file) {
    if (!std::exchange(file.is_in_turn, true)) {
      turns_.push_back(key);
    }
  }

  void pump() {
    while (connection_ && under_way_ < kUnderWayMax && !turns_.empty()) {
      const AttemptKey key = turns_.front();
      turns_.pop_front();
      const auto at = files_.find(key);
      if (at != files_.end()) {
        at->second.is_in_turn = false;
        send_piece(key, at->second);
      }
    }
  }

  void send_piece(const AttemptKey& key, GrowingFile& file) {
    if (file.is_last_sent) {
      return;
    }
    const std::uint64_t left =
        file.final_size ? *file.final_size - std::min(*file.final_size, file.sent) : kPieceMax;
    LogBytes message{key, file.token, file.sent, {}, false};
    if (left > 0) {
      auto piece = read_piece(file.path, file.sent, std::min<std::size_t>(left, kPieceMax));
      if (!piece) {
        read_later(key);
        return;
      }
      message.bytes = std::move(*piece);
    }
    // A file that lost its end will not grow any more: what there is, is all.
    message.is_last = file.final_size && (message.bytes.size() == left || message.bytes.empty());
    if (message.bytes.empty() && !message.is_last) {
      return;
    }
    file.sent += message.bytes.size();
    under_way_ += message.bytes.size();
    file.is_last_sent = message.is_last;
    if (!message.is_last) {
      take_turn(key, file);
    }
    connection_->send(wire::encode(LogMessage(std::move(message))));
  }

  /// No descriptor is free, or the disk fails.
  void read_later(const AttemptKey& key) {
    unreadable_.push_back(key);
    again_.expires_after(kReadAgain);
    again_.async_wait([self = shared_from_this()](const auto& cancelled) {
      if (!cancelled && !self->is_stopped_) {
        for (const AttemptKey& unread : std::exchange(self->unreadable_, {})) {
          self->take_turn(unread);
        }
      }
    });
  }

  void heard(const LogStored& stored) {
    const auto at = files_.find(stored.key);
    if (at == files_.end()) {
      return;
    }
    GrowingFile& file = at->second;
    const std::uint64_t before = file.sent - file.stored;
    if (stored.offset < file.stored) {
      // The scheduler has lost what it had: begin again from there.
      file.sent = stored.offset;
      file.is_last_sent = false;
    }
    file.stored = stored.offset;
    file.sent = std::max(file.sent, file.stored);
    under_way_ -= std::min(under_way_, before);
    under_way_ += file.sent - file.stored;
    if (stored.is_complete) {
      under_way_ -= std::min(under_way_, file.sent - file.stored);
      files_.erase(at);
    } else if (!file.is_last_sent) {
      take_turn(stored.key, file);
    }
    listener_->log_stored(stored.key, stored.offset, stored.is_complete);
    pump();
  }

  boost::asio::io_context& io_;
  boost::asio::steady_timer again_;
  std::vector<AttemptKey> unreadable_;
  std::shared_ptr<Dialer> dialer_;
  LogHello hello_;
  LogShipper::Listener* listener_;
  std::shared_ptr<link::Connection> connection_;
  std::map<AttemptKey, GrowingFile> files_;
  std::deque<AttemptKey> turns_;  ///< Files that may have something to send, each once.
  std::uint64_t under_way_ = 0;   ///< Bytes sent and not yet said to be stored.
  bool is_stopped_ = false;
};

LogShipper::LogShipper(boost::asio::io_context& io, std::string host, std::uint16_t port,
                       LogHello hello, Listener& listener)
    : conversation_(
          std::make_shared<Conversation>(io, std::move(host), port, std::move(hello), listener)) {}

LogShipper::~LogShipper() {
  stop();
}

void LogShipper::start() {
  conversation_->dial();
}

void LogShipper::stop() {
  conversation_->stop();
}

void LogShipper::ship(const AttemptKey& key, const AttemptToken& token, std::string path) {
  conversation_->ship(key, token, std::move(path));
}

void LogShipper::grew(const AttemptKey& key) {
  conversation_->grew(key);
}

void LogShipper::ended(const AttemptKey& key, std::uint64_t final_size) {
  conversation_->ended(key, final_size);
}

}  // namespace dray
