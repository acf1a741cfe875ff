#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "model/retention.h"
#include "scheduler/logs/log_store.h"
#include "scheduler/service/clock.h"
#include "scheduler/service/inbox.h"
#include "scheduler/store/reader.h"

namespace dray {

/// Deletes jobs that ended long ago: asks the disk which they are, the core whether they may go,
/// and takes the room of their logs. In small steps, and idle for most of the time between them, so
/// that the loop never waits for it. Ended at any point, it goes on where the disk says it was.
class Retention {
 public:
  /// All must outlive it. `keep` zero: for ever.
  /// `ended_jobs`: see ServiceBackend::ended_jobs.
  Retention(Inbox& inbox, store::Reader& reader, logs::LogStore& logs, Clock& clock,
            std::mutex& ended_jobs, Duration keep);
  /// Until `stop`. Whoever calls it gives it its thread.
  void run();
  /// From any thread.
  void stop();

 private:
  /// Once over all that is old. False when it was stopped, or could not go on.
  bool sweep();
  /// Before their rows: what is left of a job's log could not be found any more.
  void forget_logs(const std::vector<Forgetting>& jobs);
  std::size_t take_steps(WallTime ended_before, std::vector<Forgetting> jobs);
  /// False when it was stopped.
  bool pause(Duration time);

  Inbox& inbox_;
  store::Reader& reader_;
  logs::LogStore& logs_;
  Clock& clock_;
  std::mutex& ended_jobs_;
  const Duration keep_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool is_stopped_ = false;  ///< Guarded by mutex_.
};

}  // namespace dray
