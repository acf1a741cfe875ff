#pragma once
#include <string_view>

#include "api/wire/json_reader.h"
#include "model/container_options.h"
#include "model/error.h"

namespace dray::wire {

/// volumes, mountPoints, ulimits, readonlyRootFilesystem, privileged and linuxParameters of
/// containerProperties. Refuses what AWS refuses: nameless or doubled volumes, mounts of unknown
/// ones, ulimits whose soft limit is above the hard one.
ContainerOptions read_container_options(const JsonObject& properties);

/// The same from `ContainerSpec::as_given`; an empty text has no options.
Result<ContainerOptions> decode_container_options(std::string_view as_given);

}  // namespace dray::wire
