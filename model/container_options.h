#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace dray {

/// A folder that containers can see (AWS: Volume).
struct Volume {
  std::string name;
  std::string host_path;  ///< Empty: a folder of the engine's, gone with the container.
  bool operator==(const Volume&) const = default;
};

/// Where a volume is seen (AWS: MountPoint).
struct MountPoint {
  std::string volume;
  std::string path;
  bool is_read_only = false;
  bool operator==(const MountPoint&) const = default;
};

struct Ulimit {
  std::string name;
  std::int64_t soft = 0;
  std::int64_t hard = 0;
  bool operator==(const Ulimit&) const = default;
};

struct Tmpfs {
  std::string path;
  std::int64_t mib = 0;
  std::vector<std::string> options;
  bool operator==(const Tmpfs&) const = default;
};

/// What containerProperties say to a container engine, and to nobody else. Kept in
/// `ContainerSpec::as_given`; api/wire reads it from there.
struct ContainerOptions {
  std::vector<Volume> volumes;
  std::vector<MountPoint> mount_points;
  std::vector<Ulimit> ulimits;
  bool is_root_read_only = false;
  bool is_privileged = false;
  bool has_init = false;               ///< initProcessEnabled.
  std::int64_t shared_memory_mib = 0;  ///< 0: the engine's default.
  std::vector<Tmpfs> tmpfs;
  bool has_devices = false;  ///< linuxParameters.devices says something.
  bool operator==(const ContainerOptions&) const = default;
};

}  // namespace dray
