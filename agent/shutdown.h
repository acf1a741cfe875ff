#pragma once
#include "agent/supervisor/folders.h"
#include "model/error.h"

namespace dray {

/// Writes our process id into the agent's lock file, for `shut_down_folder`. We hold the lock.
Result<void> write_agent_pid(const supervisor::Folders& folders);

/// `dray-agent --data-dir DIR --shutdown`: ends the jobs, the supervisor and, when one runs, the
/// agent of a data folder. Returns when all are gone; refused when they are not within a minute.
Result<void> shut_down_folder(const supervisor::Folders& folders);

}  // namespace dray
