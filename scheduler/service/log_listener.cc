#include "scheduler/service/log_listener.h"

#include <cstdio>
#include <utility>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "api/wire/link_codec.h"
#include "api/wire/log_target.h"

namespace dray {
namespace {

constexpr std::size_t kConnectionsMax = 8192;
/// Agents send pieces of 64 KiB.
constexpr std::size_t kPayloadMax = 1024 * 1024;
/// How long a peer may be silent that has not said hello.
constexpr std::chrono::milliseconds kStrangerSilenceMax{30'000};
constexpr std::size_t kTokensMax = 10'000;
/// As the store ends when the database fails.
constexpr int kExitIoError = 70;
/// Long enough for the ends of many short jobs to share one sync: nobody waits for it but the
/// agents, who keep what is not stored.
constexpr std::chrono::milliseconds kSyncGather{100};
/// So much is synced at once: an agent sends no more than a few times this ahead of what is stored.
constexpr std::size_t kUnsyncedBytesMax = 256 * 1024;

}  // namespace

LogListener::LogListener(boost::asio::io_context& io, logs::LogStore& store, store::Reader& reader,
                         LogGroups& groups, Clock& clock)
    : io_(io), store_(store), reader_(reader), groups_(groups), clock_(clock), timer_(io_) {}

void LogListener::take(boost::asio::ip::tcp::socket socket) {
  if (connections_.size() >= kConnectionsMax) {
    return;
  }
  link::ConnectionLimits limits;
  limits.payload_bytes_max = kPayloadMax;
  limits.silence_max = kStrangerSilenceMax;
  auto connection = link::Connection::create(std::move(socket), limits, *this);
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
  } else {
    from.allow_silence(std::chrono::milliseconds(0));  // Jobs may write nothing for days.
  }
}

void LogListener::append(link::Connection& from, const LogBytes& bytes) {
  const Result<bool> is_wanted = is_given(bytes.key, bytes.token);
  if (!is_wanted) {
    spdlog::warn("A log must be sent again: {}", is_wanted.error().reason);
    close(from);
    return;
  }
  // What is not wanted is not asked for again, whether more follows or not.
  LogStored stored{bytes.key, bytes.offset + bytes.bytes.size(), true};
  if (*is_wanted) {
    const Result<std::uint64_t> size =
        store_.append(bytes.key, bytes.offset, bytes.bytes, bytes.is_last, clock_.wall());
    if (size) {
      stored.is_complete = bytes.is_last && *size >= stored.offset;
      stored.offset = *size;
    } else if (size.error().code == ErrorCode::BadRequest) {
      spdlog::warn("The log of attempt {} stays as it is: {}", task_id(bytes.key),
                   size.error().reason);
    } else {
      spdlog::error("A log cannot be stored: {}", size.error().reason);
      close(from);
      return;
    }
  }
  unsynced_.push_back({from.weak_from_this(), stored});
  const bool was_little = unsynced_bytes_ < kUnsyncedBytesMax;
  unsynced_bytes_ += bytes.bytes.size();
  const bool is_much = was_little && unsynced_bytes_ >= kUnsyncedBytesMax;
  sync_soon(is_much ? std::chrono::milliseconds(0) : kSyncGather);
}

Result<bool> LogListener::is_given(const AttemptKey& key, const AttemptToken& token) {
  const auto known = tokens_.find(key);
  if (known != tokens_.end() && known->second == token) {
    return true;
  }
  // Also when another one is known: a number that was taken back is given again, with a new token.
  const auto found = reader_.attempt_token(key);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (!*found || **found != token) {
    return false;
  }
  ensure_group(key.job.job);
  if (tokens_.size() >= kTokensMax) {
    tokens_.clear();
  }
  tokens_[key] = token;
  return true;
}

/// The group of a job's streams is there with its first bytes, as on AWS.
void LogListener::ensure_group(JobId job) {
  if (grouped_.contains(job)) {
    return;
  }
  const auto owners = reader_.stream_owners({job});
  for (const auto& [id, owner] : owners ? *owners : std::map<JobId, store::StreamOwner>()) {
    std::vector<std::string_view> containers{owner.container};
    for (const auto& [name, as_given] : owner.pod) {
      containers.emplace_back(as_given);
    }
    for (const std::string_view as_given : containers) {
      if (const auto made = groups_.ensure(wire::log_target(as_given).group); !made) {
        spdlog::error("A log group cannot be made: {}", made.error().reason);
      }
    }
  }
  if (grouped_.size() >= kTokensMax) {
    grouped_.clear();
  }
  grouped_.insert(job);
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
    if (synced.error().code == ErrorCode::Internal) {
      // A second sync would say yes and mean nothing.
      std::fprintf(stderr, "dray-scheduler: the logs' disk failed: stopping at once.\n");
      std::fflush(stderr);
      ::_exit(kExitIoError);
    }
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
