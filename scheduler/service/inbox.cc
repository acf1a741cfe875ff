#include "scheduler/service/inbox.h"

#include <algorithm>
#include <utility>

#include "scheduler/service/clock.h"

namespace dray {

bool Inbox::post(Letter letter, Sender sender) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) {
    return false;
  }
  switch (sender) {
    case Sender::Door:
      if (is_door_shut_ || letters_.size() >= bounds_.door_max) {
        return false;
      }
      break;
    case Sender::Link:
      if (letters_.size() >= bounds_.link_max || bytes_ >= bounds_.link_bytes_max) {
        return false;
      }
      break;
    case Sender::Always:
      break;
  }
  const bool is_first_awaited = letter.answer && awaited_++ == 0;
  bytes_ += letter.bytes;
  letters_.push_back(std::move(letter));
  if (is_first_awaited || letters_.size() == 1) {
    changed_.notify_all();
  }
  return true;
}

std::vector<Letter> Inbox::take(std::size_t count_max, std::optional<Instant> until,
                                Instant gather_until) {
  std::unique_lock lock(mutex_);
  const auto is_worth_it = [this] { return is_closed_ || !letters_.empty(); };
  if (until) {
    const Duration left = *until - Clock::now();
    changed_.wait_for(lock, std::max(left, Duration(0)), is_worth_it);
  } else {
    changed_.wait(lock, is_worth_it);
  }
  if (const Duration left = gather_until - Clock::now(); !letters_.empty() && left > Duration(0)) {
    changed_.wait_for(lock, left, [this] { return is_closed_ || awaited_ > 0; });
  }
  const std::size_t count = std::min(count_max, letters_.size());
  const auto end = letters_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Letter> taken(std::make_move_iterator(letters_.begin()),
                            std::make_move_iterator(end));
  letters_.erase(letters_.begin(), end);
  for (const Letter& letter : taken) {
    bytes_ -= letter.bytes;
  }
  awaited_ -= static_cast<std::size_t>(std::count_if(
      taken.begin(), taken.end(), [](const Letter& letter) { return bool(letter.answer); }));
  return taken;
}

void Inbox::shut_door(bool is_shut) {
  const std::lock_guard lock(mutex_);
  is_door_shut_ = is_shut;
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  changed_.notify_all();
}

bool Inbox::is_closed() const {
  const std::lock_guard lock(mutex_);
  return is_closed_;
}

void Inbox::wait_for_close(std::chrono::milliseconds duration) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, duration, [this] { return is_closed_; });
}

}  // namespace dray
