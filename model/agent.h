#pragma once
#include <cstdint>
#include <string>

#include "model/ids.h"
#include "model/resources.h"

namespace dray {

/// A registered agent, as it is on disk. Whether it is heard right now is not: leases begin anew
/// when the scheduler starts (F5).
struct Agent {
  AgentId id;
  std::string name;         ///< Unique; chosen by the operator.
  std::string environment;  ///< Name of the compute environment it joined; may not exist yet.
  Resources capacity;
  std::string boot_id;  ///< /proc/sys/kernel/random/boot_id: a new one proves attempts dead.
  std::string folder;   ///< Which data folder of that name it spoke from.
  std::uint64_t incarnation = 0;     ///< One life of the agent process (F4).
  std::uint64_t hello_sequence = 0;  ///< Of the last hello that was granted (F4).
  SessionId session;                 ///< Granted last.
  bool is_draining = false;
  bool operator==(const Agent&) const = default;
};

}  // namespace dray
