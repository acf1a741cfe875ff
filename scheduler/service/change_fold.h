#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/ids.h"
#include "scheduler/core/decision.h"
#include "scheduler/core/state.h"
#include "scheduler/service/meters.h"
#include "scheduler/service/publisher.h"
#include "scheduler/service/recent_ends.h"

namespace dray {

/// Reads what was committed, change by change, for those who watch: nothing is decided by it. On
/// the loop's thread, with a cost in proportion to the changes.
class ChangeFold {
 public:
  /// All must outlive the fold.
  ChangeFold(RecentEnds& recent_ends, Publisher& publisher, Meters& meters)
      : recent_ends_(recent_ends), publisher_(publisher), meters_(meters) {}

  /// `decisions` are on disk; `state` is as they left it.
  void take(const State& state, std::span<const Decision> decisions, bool has_lost_agent,
            WallTime now);

 private:
  /// What changes of one job do not tell themselves.
  struct Known {
    JobId id;
    Uuid uuid;
    const JobSpec* spec = nullptr;
    WallTime created_at;
    [[nodiscard]] std::string_view queue() const {
      return spec != nullptr ? std::string_view(spec->queue) : std::string_view();
    }
  };

  void find_ended(std::span<const Decision> decisions);
  const Known* know(JobId id);
  void take_change(const Change& change);
  void take_job(const Job& job);
  void publish(const Change& change);
  void publish(JobId job);
  void take_attempt(const Attempt& attempt);
  void note_ended(std::string_view queue, bool has_succeeded, std::uint32_t count);

  RecentEnds& recent_ends_;
  Publisher& publisher_;
  Meters& meters_;
  const State* state_ = nullptr;  ///< While it takes a batch, as what follows.
  WallTime now_;
  std::vector<Known>
      ended_;  ///< Jobs that ended in the batch, by id: State may have let go of them.
  std::optional<Known> last_;
};

}  // namespace dray
