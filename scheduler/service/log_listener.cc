#include "scheduler/service/log_listener.h"

#include <utility>

#include <spdlog/spdlog.h>

#include "api/wire/link_codec.h"

namespace dray {
namespace {

constexpr std::size_t kConnectionsMax = 8192;
constexpr std::size_t kKnownMax = 10'000;
/// Long enough for the ends of many short jobs to share one sync: nobody waits for it but the
/// agents, who keep what is not stored.
constexpr std::chrono::milliseconds kSyncGather{100};
/// So much is synced at once: an agent sends no more than a few times this ahead of what is stored.
constexpr std::size_t kUnsyncedBytesMax = 256 * 1024;

}  // namespace

LogListener::LogListener(boost::asio::io_context& io, logs::LogStore& store, store::Reader& reader,
                         Clock& clock)
    : io_(io), store_(store), reader_(reader), clock_(clock), timer_(io_) {}

void LogListener::take(boost::asio::ip::tcp::socket socket) {
  if (connections_.size() >= kConnectionsMax) {
    return;
  }
  auto connection = link::Connection::create(std::move(socket), {}, *this);
  connections_[connection.get()] = connection;
  connection->start();
}

void LogListener::received(link::Connection& from, wire::Frame frame) {
  const Result<LogMessage> message = wire::decode_log_message(frame);
  if (!message || std::holds_alternative<LogStored>(*message)) {
    spdlog::warn("A log connection is closed: it does not speak the link's language.");
    close(from);
    return;
  }
  if (const auto* bytes = std::get_if<LogBytes>(&*message)) {
    append(from, *bytes);
  }
}

void LogListener::append(link::Connection& from, const LogBytes& bytes) {
  LogStored stored{bytes.key, bytes.offset + bytes.bytes.size(), bytes.is_last};
  // Output of a job that does not exist is not kept, and not asked for again.
  if (is_known(bytes.key.job.job)) {
    const Result<std::uint64_t> size =
        store_.append(bytes.key, bytes.offset, bytes.bytes, bytes.is_last, clock_.wall());
    if (!size) {
      spdlog::error("A log cannot be stored: {}", size.error().reason);
      close(from);
      return;
    }
    stored.is_complete = bytes.is_last && *size >= stored.offset;
    stored.offset = *size;
  }
  unsynced_.push_back({from.weak_from_this(), stored});
  const bool was_little = unsynced_bytes_ < kUnsyncedBytesMax;
  unsynced_bytes_ += bytes.bytes.size();
  const bool is_much = was_little && unsynced_bytes_ >= kUnsyncedBytesMax;
  sync_soon(is_much ? std::chrono::milliseconds(0) : kSyncGather);
}

bool LogListener::is_known(JobId job) {
  if (known_.contains(job)) {
    return true;
  }
  const auto owners = reader_.stream_owners({job});
  if (owners && owners->empty()) {
    return false;
  }
  if (known_.size() >= kKnownMax) {
    known_.clear();
  }
  known_.insert(job);
  return true;
}

void LogListener::sync_soon(std::chrono::milliseconds pause) {
  if (std::exchange(is_sync_due_, true) && pause.count() > 0) {
    return;
  }
  timer_.expires_after(pause);
  timer_.async_wait([this](const auto& cancelled) {
    if (!cancelled) {
      sync();
    }
  });
}

void LogListener::sync() {
  is_sync_due_ = false;
  unsynced_bytes_ = 0;
  std::vector<Stored> told = std::exchange(unsynced_, {});
  const Result<void> synced = store_.sync();
  if (!synced) {
    spdlog::error("Logs cannot be stored: {}", synced.error().reason);
  }
  for (const Stored& it : told) {
    const std::shared_ptr<link::Connection> to = it.to.lock();
    if (!to || !connections_.contains(to.get())) {
      continue;
    }
    if (synced) {
      to->send(wire::encode(LogMessage(it.message)));
    } else {
      close(*to);  // It comes back and sends again what was not said to be stored.
    }
  }
}

void LogListener::closed(link::Connection& connection, const std::string&) {
  close(connection);
}

void LogListener::close(link::Connection& connection) {
  const auto at = connections_.find(&connection);
  if (at != connections_.end()) {
    const auto kept = std::move(at->second);
    connections_.erase(at);
    kept->close();
  }
}

}  // namespace dray
