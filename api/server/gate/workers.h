#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dray::server {

/// A few threads and what waits for one of them, bounded.
class Workers {
 public:
  using Task = std::function<void()>;
  Workers(std::size_t threads, std::size_t waiting_max);
  /// Stops.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// With fewer threads where the system has no more.
  void start();
  /// False, and nothing happens, when too many wait. Any thread.
  bool give(Task task);
  /// What belongs to something that was taken before, and of which there are few. Any thread.
  void give_more(Task task);
  /// Does what waits, then ends the threads.
  void stop();

 private:
  void work();

  const std::size_t count_;
  const std::size_t waiting_max_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;  ///< Guards what follows.
  std::condition_variable work_there_is_;
  std::deque<Task> waiting_;
  bool is_closing_ = false;
};

}  // namespace dray::server
