#pragma once
#include <vector>

#include "model/attempt.h"
#include "model/bytes.h"
#include "model/job_definition.h"

namespace dray {

/// The containers of a pod as bytes: a part of what model/spec_bytes writes.
void write_pod(ByteWriter& out, const Pod& pod);
/// A pod that cannot be one (a dependency on a container that is not there) leaves `in` broken.
Pod read_pod(ByteReader& in);

/// What one of `count` containers waits for; one that is not there leaves `in` broken.
void write_dependencies(ByteWriter& out, const std::vector<ContainerDependency>& depends_on);
std::vector<ContainerDependency> read_dependencies(ByteReader& in, std::size_t count);

/// How containers ended, for rows, frames and the supervisor's journal.
void write_container_ends(ByteWriter& out, const std::vector<ContainerEnd>& ends);
std::vector<ContainerEnd> read_container_ends(ByteReader& in);

}  // namespace dray
