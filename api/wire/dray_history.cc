#include "api/wire/dray_history.h"

#include "api/wire/arn.h"
#include "api/wire/json_writer.h"
#include "model/names.h"

namespace dray::wire {
namespace {

void write_entry(JsonWriter& out, const HistoryEntry& entry) {
  out.begin_object();
  out.number("at", entry.at.epoch_ms);
  if (entry.state) {
    out.text("status", name_of(*entry.state));
  }
  if (entry.note) {
    out.text("request", name_of(*entry.note));
    out.text_if_any("by", entry.said_by);
  }
  out.text_if_any("reason", entry.reason);
  out.number("attempt", entry.attempt ? std::optional<std::int64_t>(*entry.attempt) : std::nullopt);
  out.text_if_any("agent", entry.agent);
  if (entry.outcome) {
    out.text("outcome", name_of(*entry.outcome));
  }
  out.number("exitCode",
             entry.exit_code ? std::optional<std::int64_t>(*entry.exit_code) : std::nullopt);
  if (entry.is_estimate) {
    out.flag("isEstimate", true);
  }
  out.end_object();
}

}  // namespace

std::string encode_history(const JobHistory& history) {
  JsonWriter out;
  out.begin_object();
  out.text("jobId", job_id(history.job));
  out.text("jobName", history.name);
  out.name("history").begin_list();
  for (const HistoryEntry& entry : history.entries) {
    write_entry(out, entry);
  }
  out.end_list().end_object();
  return out.take();
}

}  // namespace dray::wire
