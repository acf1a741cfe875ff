#include "scheduler/service/publisher.h"

#include <algorithm>
#include <utility>

namespace dray {
void Publisher::note_in(api::News& news, const Uuid& uuid) {
  if (news.is_all || (!news.jobs.empty() && news.jobs.back() == uuid) ||
      std::find(news.jobs.begin(), news.jobs.end(), uuid) != news.jobs.end()) {
    return;
  }
  if (news.jobs.size() == api::News::kNamesMax) {
    news.is_all = true;
    return;
  }
  news.jobs.push_back(uuid);
}

void Publisher::note_queue(std::string_view name) {
  auto& queues = batch_.queues;
  if (batch_.is_all || std::find(queues.begin(), queues.end(), name) != queues.end()) {
    return;
  }
  if (queues.size() == api::News::kNamesMax) {
    batch_.is_all = true;
    return;
  }
  queues.emplace_back(name);
}

void Publisher::add(api::News& to, const api::News& more) {
  to.has_agents = to.has_agents || more.has_agents;
  for (const Uuid& uuid : more.jobs) {
    note_in(to, uuid);
  }
  for (const std::string& queue : more.queues) {
    if (std::find(to.queues.begin(), to.queues.end(), queue) == to.queues.end()) {
      to.queues.push_back(queue);
    }
  }
  to.is_all = to.is_all || more.is_all;
}

void Publisher::publish() {
  if (batch_.is_empty()) {
    return;
  }
  {
    // The bell is rung within the lock: after `stop_listening` it may be gone.
    const std::lock_guard lock(mutex_);
    add(current_, batch_);
    if (!has_rung_ && bell_) {
      has_rung_ = true;
      bell_();
    }
  }
  batch_.jobs.clear();
  batch_.queues.clear();
  batch_.has_agents = batch_.is_all = false;
}

std::uint64_t Publisher::listen(std::function<void()> bell) {
  const std::lock_guard lock(mutex_);
  // What happened while nobody listened was not kept: nobody can go on from before.
  past_.clear();
  current_ = {};
  oldest_ = ++number_;
  bell_ = std::move(bell);
  has_rung_ = false;
  is_heard_ = true;
  return number_;
}

void Publisher::stop_listening() {
  const std::lock_guard lock(mutex_);
  is_heard_ = false;
  bell_ = nullptr;
}

api::News Publisher::since(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  has_rung_ = false;
  if (!current_.is_empty()) {
    current_.number = ++number_;
    past_.push_back(std::exchange(current_, {}));
    if (past_.size() > kPiecesMax) {
      oldest_ = past_.front().number;
      past_.pop_front();
    }
  }
  api::News news;
  news.number = number_;
  news.is_gap = number < oldest_ || number > number_;
  for (const api::News& piece : past_) {
    if (!news.is_gap && piece.number > number) {
      add(news, piece);
    }
  }
  return news;
}

}  // namespace dray
