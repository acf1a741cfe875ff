#pragma once
#include <csignal>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

#include "agent/supervisor/containment.h"
#include "agent/supervisor/launch_plan.h"

namespace dray::supervisor {

/// What a supervisor ignores and its attempts do not. SIGXFSZ: a limit on files is an error to
/// write, no reason to die.
inline constexpr int kIgnoredSignals[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXFSZ};

/// What the supervisor adds to a plan. All descriptors stay the caller's.
struct SpawnPlace {
  std::string folder;   ///< Working folder.
  int output = -1;      ///< Becomes stdout.
  int error = -1;       ///< Becomes stderr.
  rlimit files{};       ///< RLIMIT_NOFILE.
  Entrances entrances;  ///< Of its group.
};

/// A running program, or why it does not run.
struct Spawned {
  pid_t pid = -1;  ///< -1: nothing runs.
  int error = 0;   ///< errno of what failed; meaningful when nothing runs.
};

/// Starts the program of a plan: in its own session, in its control groups, as its user, without
/// any right to gain more, with nothing of the supervisor's open, and dying with the supervisor.
/// Returns when the program has been executed or that has failed. The caller reaps.
Spawned spawn(const LaunchPlan& plan, const SpawnPlace& place);

}  // namespace dray::supervisor
