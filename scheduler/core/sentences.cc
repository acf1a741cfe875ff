#include "scheduler/core/sentences.h"

#include <chrono>

namespace dray {

std::string amounts_text(const Resources& resources) {
  const std::string whole = to_string(resources);
  std::vector<std::string> parts;
  if (resources.milli_vcpus > 0) {
    parts.push_back(whole.substr(0, whole.find(", ")));
  }
  if (resources.memory_mib > 0) {
    parts.push_back(std::to_string(resources.memory_mib) + " MiB");
  }
  if (resources.gpus > 0) {
    parts.push_back(std::to_string(resources.gpus) + (resources.gpus == 1 ? " GPU" : " GPUs"));
  }
  return list_text(parts);
}

std::string list_text(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  }
  return text;
}

std::string counted(std::uint64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string job_text(const Job& job, std::int32_t child) {
  const char* mark = job.spec->is_multi_node() ? "#" : ":";
  return to_string(job.uuid) + (child == kNoChild ? std::string() : mark + std::to_string(child));
}

std::string time_text(Duration time) {
  using std::chrono::ceil;
  if (time <= std::chrono::minutes(2)) {
    return std::to_string(ceil<std::chrono::seconds>(time).count()) + " s";
  }
  return time <= std::chrono::hours(2)
             ? std::to_string(ceil<std::chrono::minutes>(time).count()) + " min"
             : std::to_string(ceil<std::chrono::hours>(time).count()) + " h";
}

}  // namespace dray
