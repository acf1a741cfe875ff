#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string_view>

#include "api/backend.h"
#include "model/ids.h"

namespace dray {

/// Tells a listener what was committed: names only, folded together until they are asked for. While
/// nobody listens nothing is kept.
class Publisher {
 public:
  /// Numbers of news begin above this: one that an earlier life gave out is never mistaken for one
  /// of this.
  explicit Publisher(std::uint64_t first) : number_(first), oldest_(first) {}

  // ---- on the loop's thread, for each batch: notes, then `publish`
  [[nodiscard]] bool is_heard() const { return is_heard_.load(std::memory_order_relaxed); }
  /// `is_full` says that further ones need not be looked up.
  void note_job(const Uuid& uuid) { note_in(batch_, uuid); }
  [[nodiscard]] bool is_full() const { return batch_.is_all; }
  void note_queue(std::string_view name);
  void note_agents() { batch_.has_agents = true; }
  void publish();

  // ---- any thread; see api::Events
  std::uint64_t listen(std::function<void()> bell);
  void stop_listening();
  api::News since(std::uint64_t number);

 private:
  static constexpr std::size_t kPiecesMax = 64;
  static void note_in(api::News& news, const Uuid& uuid);
  static void add(api::News& to, const api::News& more);

  std::atomic<bool> is_heard_ = false;
  api::News batch_;  ///< The loop's own.

  std::mutex mutex_;  ///< Guards what follows.
  std::function<void()> bell_;
  bool has_rung_ = false;       ///< Since news were asked for.
  std::deque<api::News> past_;  ///< Pieces that were given out, oldest first.
  api::News current_;           ///< Since then.
  std::uint64_t number_;        ///< Of the last piece.
  std::uint64_t oldest_;        ///< Everything after it is in `past_`.
};

}  // namespace dray
