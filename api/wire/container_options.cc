#include "api/wire/container_options.h"

#include <algorithm>

#include "api/wire/request_members.h"

namespace dray::wire {
namespace {

void read_volumes(const JsonObject& properties, ContainerOptions& options) {
  for (const JsonObject& given : properties.objects("volumes")) {
    Volume volume{.name = given.required_text("name"), .host_path = ""};
    if (const auto host = given.object("host")) {
      volume.host_path = host->text("sourcePath");
    }
    refuse_unsupported(given, {"efsVolumeConfiguration"});
    const bool is_known = std::any_of(options.volumes.begin(), options.volumes.end(),
                                      [&](const Volume& old) { return old.name == volume.name; });
    if (is_known) {
      given.refuse_it("Volume names must be unique: " + volume.name);
    }
    options.volumes.push_back(std::move(volume));
  }
}

void read_mount_points(const JsonObject& properties, ContainerOptions& options) {
  for (const JsonObject& given : properties.objects("mountPoints")) {
    MountPoint mount{.volume = given.required_text("sourceVolume"),
                     .path = given.required_text("containerPath"),
                     .is_read_only = given.flag("readOnly").value_or(false)};
    const bool is_known = std::any_of(options.volumes.begin(), options.volumes.end(),
                                      [&](const Volume& one) { return one.name == mount.volume; });
    if (!is_known) {
      given.refuse_it("Mount point names an unknown volume: " + mount.volume);
    }
    if (!mount.path.starts_with('/')) {
      given.refuse_it("containerPath must be absolute: " + mount.path);
    }
    options.mount_points.push_back(std::move(mount));
  }
}

void read_ulimits(const JsonObject& properties, ContainerOptions& options) {
  for (const JsonObject& given : properties.objects("ulimits")) {
    const Ulimit limit{.name = given.required_text("name"),
                       .soft = given.integer("softLimit").value_or(-1),
                       .hard = given.integer("hardLimit").value_or(-1)};
    const bool is_name =
        limit.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
    if (!is_name || limit.soft < 0 || limit.hard < limit.soft) {
      given.refuse_it("A ulimit has a name, a softLimit and a hardLimit that is not below it");
    }
    options.ulimits.push_back(limit);
  }
}

void read_linux(const JsonObject& parameters, ContainerOptions& options) {
  options.has_init = parameters.flag("initProcessEnabled").value_or(false);
  options.shared_memory_mib = parameters.integer("sharedMemorySize").value_or(0);
  options.has_devices = !parameters.is_empty("devices");
  for (const JsonObject& given : parameters.objects("tmpfs")) {
    options.tmpfs.push_back({.path = given.required_text("containerPath"),
                             .mib = given.integer("size").value_or(0),
                             .options = given.texts("mountOptions")});
    if (!options.tmpfs.back().path.starts_with('/') || options.tmpfs.back().mib < 1) {
      given.refuse_it("A tmpfs has an absolute containerPath and a size in MiB");
    }
  }
  if (options.shared_memory_mib < 0) {
    parameters.refuse_it("sharedMemorySize must be at least 0");
  }
}

}  // namespace

ContainerOptions read_container_options(const JsonObject& properties) {
  ContainerOptions options;
  read_volumes(properties, options);
  read_mount_points(properties, options);
  read_ulimits(properties, options);
  options.is_root_read_only = properties.flag("readonlyRootFilesystem").value_or(false);
  options.is_privileged = properties.flag("privileged").value_or(false);
  if (const auto parameters = properties.object("linuxParameters")) {
    read_linux(*parameters, options);
  }
  return options;
}

Result<ContainerOptions> decode_container_options(std::string_view as_given) {
  return decode<ContainerOptions>(nullptr, as_given, read_container_options);
}

}  // namespace dray::wire
