#include "api/server/gate/workers.h"

#include <system_error>
#include <utility>

#include "model/check.h"

namespace dray::server {

Workers::Workers(std::size_t threads, std::size_t waiting_max)
    : count_(threads), waiting_max_(waiting_max) {}

Workers::~Workers() {
  stop();
}

void Workers::start() {
  try {
    for (std::size_t i = 0; i < count_; ++i) {
      threads_.emplace_back([this] { work(); });
    }
  } catch (const std::system_error&) {
    CHECK(!threads_.empty());  // Fewer threads are slower; none would never answer.
  }
}

bool Workers::give(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= waiting_max_) {
      return false;
    }
    waiting_.push_back(std::move(task));
  }
  work_there_is_.notify_one();
  return true;
}

void Workers::give_more(Task task) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(task));
  }
  work_there_is_.notify_one();
}

void Workers::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  work_there_is_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
}

void Workers::work() {
  while (true) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      work_there_is_.wait(lock, [this] { return is_closing_ || !waiting_.empty(); });
      if (waiting_.empty()) {
        return;
      }
      task = std::move(waiting_.front());
      waiting_.pop_front();
    }
    task();
  }
}

}  // namespace dray::server
