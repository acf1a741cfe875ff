#pragma once
#include <map>
#include <string>
#include <vector>

#include "model/bytes.h"
#include "model/job.h"

namespace dray {

/// A JobSpec as bytes, for the store's rows and the link's frames. Begins with a version.
void write_job_spec(ByteWriter& out, const JobSpec& spec);
/// A broken spec leaves `in` broken.
JobSpec read_job_spec(ByteReader& in);
void write_container(ByteWriter& out, const ContainerSpec& container);
ContainerSpec read_container(ByteReader& in);
/// The container of a definition, and behind it its kind, container_name and pod, unless it is a
/// plain container: so were rows written before there were others. Must be the last thing in its
/// bytes.
void write_definition_container(ByteWriter& out, const JobDefinition& definition);
/// A definition with nothing but those members.
JobDefinition read_definition_container(ByteReader& in);
void write_retry(ByteWriter& out, const RetryStrategy& retry);
RetryStrategy read_retry(ByteReader& in);
/// The retry strategy of a definition, with its memory growth behind it, if it has one. Must be the
/// last thing in its bytes.
void write_definition_retry(ByteWriter& out, const RetryStrategy& retry);
RetryStrategy read_definition_retry(ByteReader& in);
void write_consumables(ByteWriter& out, const std::vector<ConsumableNeed>& consumables);
std::vector<ConsumableNeed> read_consumables(ByteReader& in);
void write_strings(ByteWriter& out, const std::map<std::string, std::string>& strings);
std::map<std::string, std::string> read_strings(ByteReader& in);
void write_variables(ByteWriter& out, const std::vector<EnvironmentVariable>& variables);
std::vector<EnvironmentVariable> read_variables(ByteReader& in);

}  // namespace dray
