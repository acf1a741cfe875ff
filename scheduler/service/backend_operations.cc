#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "scheduler/service/backend.h"

/// What operators' tools ask of the service.
namespace dray {
namespace {

constexpr std::chrono::seconds kLoopDeadline{5};

std::uint64_t size_of(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  return error ? 0 : size;
}

}  // namespace

Result<std::string> ServiceBackend::metrics(const api::DoorFacts& door) {
  Result<std::vector<QueueStatus>> queues = reader_.queues({});
  if (!queues) {
    return tl::unexpected(queues.error());
  }
  Result<std::vector<api::AgentStatus>> agents = this->agents();
  if (!agents) {
    return tl::unexpected(agents.error());
  }
  std::filesystem::path wal = database_;
  wal += "-wal";
  return meters_.text({.queues = std::move(*queues),
                       .agents = std::move(*agents),
                       .now = clock_.wall(),
                       .door = door,
                       .database_bytes = size_of(database_),
                       .wal_bytes = size_of(wal)});
}

std::vector<api::Check> ServiceBackend::checks() {
  std::vector<api::Check> checks;
  const auto read = reader_.queues({});
  checks.push_back({"database", read.has_value(), read ? "" : read.error().reason});

  auto promise = std::make_shared<std::promise<void>>();
  std::future<void> answered = promise->get_future();
  const bool is_posted = inbox_.post(
      {AgentsAsked{}, [promise](const Reply&) { promise->set_value(); }}, Inbox::Sender::Door);
  promise.reset();
  // Ready, too, when the loop ended with the letter unanswered: then `get` throws.
  const bool is_there = is_posted && answered.wait_for(kLoopDeadline) == std::future_status::ready;
  const char* why = "";
  if (!is_posted) {
    why =
        "it takes nothing new: there is too much to do, no room on the disk, or it is about to end";
  } else if (!is_there) {
    why = "it does not answer within 5 s";
  }
  checks.push_back({"scheduler", is_there, why});
  return checks;
}

void ServiceBackend::note_request(std::string_view operation, int status, Duration took) {
  meters_.answered(operation, status, took);
}

}  // namespace dray
