#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "model/instant.h"
#include "scheduler/core/decision.h"
#include "scheduler/core/event.h"

namespace dray {

/// What happened, before the loop gives it a time and chance.
using Happening = decltype(Event::what);

/// One connection of the link port, from 1 in order of arrival.
using ConnectionNumber = std::uint64_t;

/// An event on its way to the loop, with whom to answer.
struct Letter {
  Happening what;
  /// Called once on the loop's thread, after the commit. Must not block. May be empty.
  std::function<void(Reply)> answer;
  /// The connection that brought it (the link's letters); 0: none.
  ConnectionNumber from = 0;
  std::size_t bytes = 0;  ///< Of the frame that brought it.
};

/// The one way to the loop: a bounded queue that many fill and one empties.
class Inbox {
 public:
  enum class Sender : std::uint8_t {
    Door,   ///< Refused when `door_max` letters wait, or while the door is shut.
    Link,   ///< Refused when `link_max` letters or `link_bytes_max` wait: the caller closes that
            ///< agent's connection.
    Always  ///< Bounded by its kind: at most one for each connection.
  };
  struct Bounds {
    std::size_t door_max = 8 * 1024;
    std::size_t link_max = 64 * 1024;
    std::size_t link_bytes_max = 128 * 1024 * 1024;
  };

  explicit Inbox(Bounds bounds) : bounds_(bounds) {}

  /// False, and the letter is gone unanswered, when it is refused or the inbox is closed.
  bool post(Letter letter, Sender sender);
  /// Waits for letters, until `until` (none: for ever) or the end; takes at most `count_max`. Those
  /// that nobody awaits an answer to are left to gather until `gather_until`.
  std::vector<Letter> take(std::size_t count_max, std::optional<Instant> until,
                           Instant gather_until = {});
  /// While it is shut, the door's letters are refused (disk full, D2).
  void shut_door(bool is_shut);
  /// Refuses everything from now on; what waits is still given out.
  void close();
  [[nodiscard]] bool is_closed() const;
  /// Waits, for at most `duration`, until it is closed.
  void wait_for_close(std::chrono::milliseconds duration) const;

 private:
  const Bounds bounds_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<Letter> letters_;  ///< Guarded by mutex_, as is all below.
  std::size_t awaited_ = 0;     ///< Letters with an answer.
  std::size_t bytes_ = 0;       ///< Of the frames that brought them.
  bool is_closed_ = false;
  bool is_door_shut_ = false;
};

}  // namespace dray
