#pragma once
#include <optional>
#include <string>

#include "cli/session.h"

namespace dray::cli {

/// Says on stderr why a job waits: once, and again when the reason changes. Asks seldom; a job that
/// starts at once is not talked about.
class WaitingReason {
 public:
  explicit WaitingReason(std::string id) : id_(std::move(id)) {}
  /// Call it while the job waits.
  void look(Session& session);

 private:
  std::string id_;
  std::string said_;
  std::optional<Instant> due_;
};

/// Whether a scheduler that cannot be reached is still worth waiting for.
class LostServer {
 public:
  explicit LostServer(Duration patience) : patience_(patience) {}
  /// A call failed: true when to try again. Says so the first time.
  bool is_worth_waiting(const Session& session, const client::Failure& failure);
  void is_back(const Session& session);

 private:
  Duration patience_;
  std::optional<Instant> since_;
};

}  // namespace dray::cli
