#include "cli/exit_codes.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace dray::cli {
namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) {
    out += (out.empty() ? "" : ",") + text;
  }
  return out;
}

Cell count_cell(const wire::QueueView& queue, JobState state, Paint paint) {
  const std::uint32_t count = queue.counts[static_cast<std::size_t>(state)];
  return {std::to_string(count), count == 0 ? Paint::Dim : paint};
}

}  // namespace

int run_queues(Session& session) {
  const client::Reply<std::vector<wire::QueueView>> queues = session.client.queues();
  if (!queues) {
    return report(session, queues.error());
  }
  Table table({{"QUEUE"},
               {"STATE"},
               {"PRIORITY", true},
               {"ENVIRONMENTS", false, true},
               {"PENDING", true},
               {"RUNNABLE", true},
               {"STARTING", true},
               {"RUNNING", true},
               {"SUCCEEDED", true},
               {"FAILED", true}});
  std::vector<std::string> json;
  std::vector<std::string> names;
  for (const wire::QueueView& queue : *queues) {
    table.add({{queue.name},
               queue.is_enabled ? Cell{"ENABLED", Paint::Good} : Cell{"DISABLED", Paint::Bad},
               {std::to_string(queue.priority)},
               {joined(queue.environments)},
               count_cell(queue, JobState::Pending, Paint::Waiting),
               count_cell(queue, JobState::Runnable, Paint::Waiting),
               count_cell(queue, JobState::Starting, Paint::Busy),
               count_cell(queue, JobState::Running, Paint::Busy),
               count_cell(queue, JobState::Succeeded, Paint::Good),
               count_cell(queue, JobState::Failed, Paint::Bad)});
    json.push_back(queue.json);
    names.push_back(queue.name);
  }
  if (queues->empty()) {
    session.note(
        "dray: no queue yet; `aws batch create-job-queue` makes one, `dray up` makes "
        "`default`");
  }
  const bool is_table = session.options.format == OutputFormat::Table;
  if (!queues->empty() || !is_table) {
    write_things(session, json, names,
                 table.text(session.terminal.out_is_tty ? session.terminal.width : 0,
                            session.terminal.color_out));
  }
  return kDone;
}

}  // namespace dray::cli
