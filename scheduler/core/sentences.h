#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "model/instant.h"
#include "model/job.h"
#include "model/resources.h"

/// Parts of the sentences that explain why a job waits.
namespace dray {

/// "2 vCPUs", "2 vCPUs and 512 MiB": only parts that are more than nothing.
[[nodiscard]] std::string amounts_text(const Resources& resources);
/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string list_text(const std::vector<std::string>& parts);
/// "1 job", "3 jobs".
[[nodiscard]] std::string counted(std::uint64_t count, const std::string& noun);
/// As users name it: its uuid, with ":3" of a child or "#1" of a node.
[[nodiscard]] std::string job_text(const Job& job, std::int32_t child);
/// "90 s", "12 min", "5 h", rounded up.
[[nodiscard]] std::string time_text(Duration time);

}  // namespace dray
