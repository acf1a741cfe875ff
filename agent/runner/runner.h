#pragma once
#include <cstdint>
#include <string>

#include "agent/supervisor/launch_plan.h"
#include "model/error.h"
#include "model/ids.h"
#include "model/link_messages.h"

namespace dray {

/// A user of this machine.
struct MachineUser {
  std::string name;
  std::uint32_t user = 0;
  std::uint32_t group = 0;
};

/// A name of this machine's users, or a number of one. Refused when there is none.
Result<MachineUser> find_user(const std::string& name_or_number);
/// Whom this process runs as.
MachineUser current_user();

/// Turns what the scheduler ordered into what the supervisor executes. Never fails: what cannot be
/// launched becomes a plan that says why.
class Runner {
 public:
  virtual ~Runner() = default;
  /// `scratch` is the attempt's own folder, which does not exist yet.
  [[nodiscard]] virtual supervisor::LaunchPlan plan(const JobToRun& job, const AttemptKey& key,
                                                    const AttemptToken& token,
                                                    const std::string& scratch) const = 0;
};

}  // namespace dray
