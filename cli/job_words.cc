#include "cli/job_words.h"

#include <algorithm>
#include <chrono>

#include "cli/durations.h"
#include "model/names.h"

namespace dray::cli {

Cell state_cell(JobState state) {
  Paint paint = Paint::None;
  switch (state) {
    case JobState::Submitted:
    case JobState::Pending:
    case JobState::Runnable:
      paint = Paint::Waiting;
      break;
    case JobState::Starting:
    case JobState::Running:
      paint = Paint::Busy;
      break;
    case JobState::Succeeded:
      paint = Paint::Good;
      break;
    case JobState::Failed:
      paint = Paint::Bad;
      break;
  }
  return {std::string(name_of(state)), paint};
}

std::string children_text(const wire::JobView& job) {
  if (!job.is_array()) {
    return "";
  }
  const StateCounts counts = job.counts.value_or(StateCounts{});
  const auto count = [&counts](JobState state) { return counts[static_cast<std::size_t>(state)]; };
  std::string out;
  const auto add = [&out](std::uint32_t number, const char* word) {
    if (number > 0) {
      out += (out.empty() ? "" : ", ") + std::to_string(number) + " " + word;
    }
  };
  add(count(JobState::Running) + count(JobState::Starting), "running");
  add(count(JobState::Succeeded), "ok");
  add(count(JobState::Failed), "failed");
  return out + (out.empty() ? "" : " of ") + std::to_string(job.array_size);
}

std::string run_time_text(const wire::JobView& job, WallTime now) {
  const std::optional<WallTime> began = job.is_array() ? job.created_at : job.started_at;
  if (!began || (is_terminal(job.state) && !job.stopped_at)) {
    return "";
  }
  const std::int64_t end = job.stopped_at.value_or(now).epoch_ms;
  return duration_text(std::chrono::milliseconds(std::max<std::int64_t>(0, end - began->epoch_ms)));
}

std::string time_text(const std::optional<WallTime>& at) {
  return at ? local_time_text(*at) : "";
}

std::string vcpus_text(std::int64_t milli_vcpus) {
  std::string text = std::to_string(milli_vcpus / 1000);
  if (milli_vcpus % 1000 != 0) {
    std::string part = std::to_string(1000 + milli_vcpus % 1000).substr(1);
    part.erase(part.find_last_not_of('0') + 1);
    text += "." + part;
  }
  return text;
}

std::string amounts_text(const Resources& amounts) {
  std::string out;
  const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (amounts.milli_vcpus > 0) {
    add(vcpus_text(amounts.milli_vcpus) + (amounts.milli_vcpus == 1000 ? " vCPU" : " vCPUs"));
  }
  if (amounts.memory_mib > 0) {
    add(std::to_string(amounts.memory_mib) + " MiB");
  }
  if (amounts.gpus > 0) {
    add(std::to_string(amounts.gpus) + (amounts.gpus == 1 ? " GPU" : " GPUs"));
  }
  return out.empty() ? "-" : out;
}

WallTime wall_now() {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

}  // namespace dray::cli
