#include "scheduler/service/service.h"

#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include "scheduler/core/recovery.h"
#include "scheduler/core/soundness.h"
#include "scheduler/core/state.h"
#include "scheduler/core/step.h"
#include "scheduler/logs/log_store.h"
#include "scheduler/service/agent_listener.h"
#include "scheduler/service/audit_log.h"
#include "scheduler/service/backend.h"
#include "scheduler/service/change_fold.h"
#include "scheduler/service/clock.h"
#include "scheduler/service/id_source.h"
#include "scheduler/service/inbox.h"
#include "scheduler/service/key_ring.h"
#include "scheduler/service/link_port.h"
#include "scheduler/service/log_groups.h"
#include "scheduler/service/log_listener.h"
#include "scheduler/service/loop.h"
#include "scheduler/service/master_key.h"
#include "scheduler/service/meters.h"
#include "scheduler/service/publisher.h"
#include "scheduler/service/recent_ends.h"
#include "scheduler/service/retention.h"
#include "scheduler/store/client_logs.h"
#include "scheduler/store/data_folder.h"
#include "scheduler/store/loader.h"
#include "scheduler/store/reader.h"
#include "scheduler/store/writer.h"

namespace dray {
namespace {

using boost::asio::ip::tcp;

/// The latest time a row tells: nothing is dated before it, whatever the wall clock says now.
void heed_time(Clock& clock, const Change& change) {
  if (const auto* added = std::get_if<JobAdded>(&change)) {
    clock.not_before(added->job.created_at);
    clock.not_before(added->job.stopped_at.value_or(WallTime{}));
  } else if (const auto* put = std::get_if<AttemptPut>(&change)) {
    clock.not_before(put->attempt.ordered_at);
    clock.not_before(put->attempt.stopped_at.value_or(WallTime{}));
  }
}

Result<void> load_state(store::Writer& writer, State& state, Clock& clock, KeyRing& keys) {
  const Instant now = Clock::now();
  Soundness soundness;
  std::optional<std::string> problem;
  const Result<void> loaded = store::load(writer.database(), [&](const Change& change) {
    if (!problem) {
      problem = soundness.problem_with(change);
    }
    if (!problem) {
      heed_time(clock, change);
      keys.take(change);
      recover(state, change, now, clock.wall());
    }
  });
  if (loaded && problem) {
    return refuse(ErrorCode::Internal, "The database does not fit together: " + *problem +
                                           ". Restore a backup of the data folder.");
  }
  return loaded;
}

/// Whoever starts Dray for the first time is its admin. The file before the row: a key that nobody
/// knows is made anew at the next start.
Result<void> make_first_key(store::Writer& writer, State& state, Clock& clock, KeyRing& keys,
                            const std::filesystem::path& file, const std::string& region) {
  if (!state.access_keys().empty()) {
    return {};
  }
  const FreshKey fresh = make_access_key(keys.master(), "admin", Role::Admin, "*");
  const Result<void> written = write_credentials(file, fresh, region);
  if (!written) {
    return written;
  }
  const Decision decision =
      step(state, Event{clock.wall(), fresh_chance(), AccessKeyCreated{fresh.key}}, Clock::now());
  if (writer.commit({&decision, 1}) != store::CommitResult::Durable) {
    return refuse(ErrorCode::Unavailable, "The disk is full: the first access key has no room.");
  }
  keys.take({&decision, 1});
  return {};
}

/// The list of the latest failures as an earlier life knew it, nearly: single jobs by number.
void recall_failures(store::Reader& reader, RecentEnds& recent_ends) {
  const auto found = reader.search({.states = {JobState::Failed}}, {100, ""});
  if (!found) {
    return;  // The page shows the next ones.
  }
  for (auto summary = found->items.rbegin(); summary != found->items.rend(); ++summary) {
    const Job& job = summary->job;
    if (!summary->counts && !job.is_cancelled && !job.is_terminated) {
      recent_ends.note_failure({{job.uuid, kNoChild}, job.attempts_made});
    }
  }
}

/// Higher than anything that an earlier life has told: there is room for a thousand a millisecond.
std::uint64_t first_news(Clock& clock) {
  return static_cast<std::uint64_t>(clock.wall().epoch_ms) * 1000;
}

/// Moves a socket to the thread of another io_context.
void hand_over(tcp::socket socket, boost::asio::io_context& to, LogListener& listener) {
  boost::system::error_code failure;
  const auto protocol = socket.local_endpoint(failure).protocol();
  if (failure) {
    return;
  }
  const int handle = socket.release(failure);
  if (failure) {
    return;
  }
  boost::asio::post(to, [&to, &listener, protocol, handle] {
    boost::system::error_code refused;
    tcp::socket moved(to);
    moved.assign(protocol, handle, refused);
    if (!refused) {
      listener.take(std::move(moved));
    }
  });
}

}  // namespace

/// In the order in which they are made; each may use those before it.
struct Service::Rooms {
  Rooms(ServiceSettings given, store::DataFolder locked, store::Writer written, store::Reader read,
        logs::LogStore log_store, store::ClientLogs client_logs, const auth::Digest& master)
      : settings(std::move(given)),
        folder(std::move(locked)),
        writer(std::move(written)),
        reader(std::move(read)),
        logs(std::move(log_store)),
        groups(std::move(client_logs), clock),
        state(settings.core),
        keys(master),
        audit(folder.path()),
        inbox(Inbox::Bounds{}),
        backend(inbox, reader, logs, groups, clock, recent_ends, publisher, meters, keys, audit,
                folder.database()),
        agents(link_io, inbox, {}),
        log_listener(log_io, logs, reader, groups, clock),
        port(
            link_io, [this](tcp::socket socket) { agents.take(std::move(socket)); },
            [this](tcp::socket socket) { hand_over(std::move(socket), log_io, log_listener); }),
        loop(
            state, writer, clock, inbox,
            [this](std::span<const Decision> decisions) { keys.take(decisions); },
            [this](ConnectionNumber from, std::vector<Order> orders) {
              agents.deliver(from, std::move(orders));
            },
            [this](std::span<const Decision> decisions, bool has_lost_agent,
                   const BatchTimes& times) {
              fold.take(state, decisions, has_lost_agent, clock.wall());
              meters.cycled(times.whole);
              if (times.commit) {
                meters.committed(*times.commit);
              }
            }),
        retention(inbox, reader, logs, clock, backend.ended_jobs(), settings.keep_finished) {}

  ServiceSettings settings;
  store::DataFolder folder;
  store::Writer writer;
  store::Reader reader;
  logs::LogStore logs;
  Clock clock;
  LogGroups groups;
  State state;
  KeyRing keys;
  AuditLog audit;
  Inbox inbox;
  RecentEnds recent_ends;
  Publisher publisher{first_news(clock)};
  Meters meters{settings.version, settings.commit};
  ChangeFold fold{recent_ends, publisher, meters};
  ServiceBackend backend;
  boost::asio::io_context link_io{1};
  boost::asio::io_context log_io{1};
  AgentListener agents;
  LogListener log_listener;
  LinkPort port;
  Loop loop;
  Retention retention;
  std::uint16_t agents_port = 0;
  std::thread loop_thread;
  std::thread link_thread;
  std::thread log_thread;
  std::thread retention_thread;
};

Service::Service(std::unique_ptr<Rooms> rooms) : rooms_(std::move(rooms)) {}

Service::~Service() {
  stop();
}

Result<std::unique_ptr<Service>> Service::open(ServiceSettings settings) {
  Result<store::DataFolder> folder = store::DataFolder::open(settings.data_dir);
  if (!folder) {
    return tl::unexpected(folder.error());
  }
  Result<store::Writer> writer = store::Writer::open(*folder);
  if (!writer) {
    return tl::unexpected(writer.error());
  }
  Result<store::Reader> reader = store::Reader::open(folder->database());
  if (!reader) {
    return tl::unexpected(reader.error());
  }
  Result<logs::LogStore> logs = logs::LogStore::open(folder->logs());
  if (!logs) {
    return tl::unexpected(logs.error());
  }
  Result<store::ClientLogs> client_logs =
      store::ClientLogs::open(folder->client_logs(), Clock().wall());
  if (!client_logs) {
    return tl::unexpected(client_logs.error());
  }
  const Result<auth::Digest> master =
      open_master_key(folder->master_key(), !writer->has_access_keys());
  if (!master) {
    return tl::unexpected(master.error());
  }
  const std::filesystem::path credentials = folder->credentials();
  auto rooms = std::make_unique<Rooms>(std::move(settings), std::move(*folder), std::move(*writer),
                                       std::move(*reader), std::move(*logs),
                                       std::move(*client_logs), *master);
  Result<void> loaded = load_state(rooms->writer, rooms->state, rooms->clock, rooms->keys);
  loaded = loaded ? make_first_key(rooms->writer, rooms->state, rooms->clock, rooms->keys,
                                   credentials, rooms->settings.region)
                  : loaded;
  if (!loaded) {
    return tl::unexpected(loaded.error());
  }
  recall_failures(rooms->reader, rooms->recent_ends);
  const Result<std::uint16_t> port =
      rooms->port.listen(rooms->settings.agents_host, rooms->settings.agents_port);
  if (!port) {
    return tl::unexpected(port.error());
  }
  rooms->agents_port = *port;
  return std::unique_ptr<Service>(new Service(std::move(rooms)));
}

std::uint16_t Service::agents_port() const {
  return rooms_->agents_port;
}

std::filesystem::path Service::credentials_file() const {
  return rooms_->folder.credentials();
}

api::Backend& Service::backend() {
  return rooms_->backend;
}

void Service::start() {
  rooms_->loop_thread = std::thread([this] { rooms_->loop.run(); });
  rooms_->port.start();
  const auto run = [](boost::asio::io_context& io) {
    const auto work = boost::asio::make_work_guard(io);
    io.run();
  };
  rooms_->link_thread = std::thread([this, run] { run(rooms_->link_io); });
  rooms_->log_thread = std::thread([this, run] { run(rooms_->log_io); });
  rooms_->retention_thread = std::thread([this] { rooms_->retention.run(); });
}

Result<void> Service::check_database() const {
  return store::quick_check(rooms_->folder.database());
}

void Service::stop() {
  rooms_->retention.stop();
  // The loop first: what it decides last still reaches its agents.
  rooms_->inbox.close();
  if (rooms_->loop_thread.joinable()) {
    rooms_->loop_thread.join();
  }
  rooms_->link_io.stop();
  rooms_->log_io.stop();
  if (rooms_->link_thread.joinable()) {
    rooms_->link_thread.join();
  }
  if (rooms_->log_thread.joinable()) {
    rooms_->log_thread.join();
  }
  if (rooms_->retention_thread.joinable()) {
    rooms_->retention_thread.join();
  }
}

}  // namespace dray
