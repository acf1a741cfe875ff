#include <algorithm>
#include <cctype>

#include "cli/each_job.h"
#include "cli/job_words.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "model/names.h"

namespace dray::cli {
namespace {

/// A state as a word of its own, what was asked for as a few.
Cell event_cell(const wire::HistoryLineView& line) {
  if (line.request.empty()) {
    const std::optional<JobState> state = parse_job_state(line.status);
    Cell cell = state ? state_cell(*state) : Cell{line.status};
    cell.text += line.is_estimate ? " (about)" : "";
    return cell;
  }
  std::string what = line.request;
  std::transform(what.begin(), what.end(), what.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return {what + " asked for" + (line.by.empty() ? "" : " by " + line.by)};
}

std::string history_table(const Session& session, const wire::HistoryView& history) {
  Table table({{"WHEN"},
               {"WHAT", false, true},
               {"ATTEMPT", true},
               {"AGENT", false, true},
               {"EXIT", true},
               {"WHY", false, true}});
  for (const wire::HistoryLineView& line : history.lines) {
    table.add({{time_text(line.at)},
               event_cell(line),
               {line.attempt ? std::to_string(*line.attempt) : ""},
               {line.agent},
               {line.exit_code ? std::to_string(*line.exit_code) : ""},
               {line.reason}});
  }
  return table.text(session.terminal.out_is_tty ? session.terminal.width : 0,
                    session.terminal.color_out);
}

}  // namespace

int run_history(Session& session, const NamesOptions& options) {
  return write_each_job(
      session, options.names, [&](const std::string& id) { return session.client.history(id); },
      [&](const wire::HistoryView& answer) { return history_table(session, answer); });
}

}  // namespace dray::cli
