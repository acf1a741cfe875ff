#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/check.h"
#include "scheduler/store/data_folder.h"
#include "scheduler/store/loader.h"
#include "scheduler/store/reader.h"
#include "scheduler/store/writer.h"
#include "tests/support/change_texts.h"
#include "tests/support/temporary_folder.h"

namespace dray {

inline Uuid a_uuid(std::uint64_t id) {
  return as_uuid_v4({id * 0x9e3779b97f4a7c15, id});
}

inline JobSpec a_spec(const std::string& name, std::int32_t array_size = 0) {
  JobSpec spec;
  spec.name = name;
  spec.queue = "q";
  spec.definition = "d";
  spec.definition_revision = 3;
  spec.container.image = "native";
  spec.container.command = {"/bin/echo", name};
  spec.array_size = array_size;
  return spec;
}

inline Job a_job(std::uint64_t id, JobSpec spec, JobState state = JobState::Runnable) {
  Job job;
  job.id.value = id;
  job.uuid = a_uuid(id);
  job.spec = std::make_shared<const JobSpec>(std::move(spec));
  job.state = state;
  job.created_at.epoch_ms = 1'000 + static_cast<std::int64_t>(id);
  if (is_terminal(state)) {
    job.stopped_at = WallTime{5'000};
  }
  return job;
}

inline Attempt an_attempt(std::uint64_t job, std::int32_t child, AttemptState state,
                          AttemptNumber number = 1) {
  Attempt attempt;
  attempt.key = {{JobId{job}, child}, number};
  attempt.token = {~std::uint64_t{0} - job, static_cast<std::uint64_t>(child + 2)};
  attempt.agent.value = 1;
  attempt.state = state;
  attempt.ordered_at.epoch_ms = 2'000;
  if (state == AttemptState::Running || state == AttemptState::Ended) {
    attempt.started_at = WallTime{2'100};
  }
  return attempt;
}

inline Attempt an_ended_attempt(std::uint64_t job, std::int32_t child, Outcome outcome,
                                bool is_final = true, AttemptNumber number = 1) {
  Attempt attempt = an_attempt(job, child, AttemptState::Ended, number);
  attempt.stopped_at = WallTime{2'200};
  attempt.end =
      AttemptEnd{outcome, outcome == Outcome::Succeeded ? 0 : 1, "reason", "status", {7, 9}};
  if (outcome == Outcome::Failed) {
    attempt.end->containers = {{"a", true, 1, ""}, {"b", false, std::nullopt, "why"}};
  }
  attempt.is_final = is_final;
  return attempt;
}

inline ArrayCounted counts(std::uint64_t job, StateCounts by_state) {
  return {JobId{job}, by_state, {3'000}};
}

/// A data folder of its own with a writer on it.
class StoreRoom {
 public:
  StoreRoom() { open(); }

  void open(store::WriterOptions options = {.reserve_bytes = 0}) {
    reader_.reset();
    writer_.reset();
    folder_.reset();
    folder_.emplace(store::DataFolder::open(path() / "data").value());
    writer_.emplace(store::Writer::open(*folder_, std::move(options)).value());
  }
  store::CommitResult commit(std::vector<Change> changes) {
    Decision decision;
    decision.changes = std::move(changes);
    const std::vector<Decision> decisions = {decision};
    return writer().commit(decisions);
  }
  std::vector<Change> load() {
    std::vector<Change> changes;
    const auto result =
        store::load(writer().database(), [&](const Change& change) { changes.push_back(change); });
    CHECK(result.has_value());
    return changes;
  }
  [[nodiscard]] const std::filesystem::path& path() const { return temporary_.path(); }
  store::DataFolder& folder() { return *folder_; }
  store::Writer& writer() { return *writer_; }
  store::Reader& reader() {
    if (!reader_) {
      reader_.emplace(store::Reader::open(folder_->database()).value());
    }
    return *reader_;
  }

 private:
  TemporaryFolder temporary_;
  std::optional<store::DataFolder> folder_;
  std::optional<store::Writer> writer_;
  std::optional<store::Reader> reader_;
};

}  // namespace dray
