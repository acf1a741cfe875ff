#include "cli/durations.h"
#include "cli/exit_codes.h"
#include "cli/explain_table.h"
#include "cli/follow.h"
#include "cli/job_words.h"
#include "cli/resolve.h"
#include "cli/verbs.h"
#include "cli/waiting.h"
#include "model/names.h"

namespace dray::cli {
namespace {

using client::Reply;

constexpr std::size_t kGroupsMax = 10;
constexpr std::size_t kRunsMax = 8;

/// Lines of "Name  value"; empty values are left out.
class Sheet {
 public:
  explicit Sheet(const Session& session) : session_(session) {}

  void line(const std::string& name, const Cell& value) {
    if (!value.text.empty()) {
      text_ += painted(name, Paint::Dim, session_.terminal.color_out);
      text_ += std::string(name.size() < kNames ? kNames - name.size() : 1, ' ');
      text_ += painted(harmless(value.text), value.paint, session_.terminal.color_out) + "\n";
    }
  }
  void line(const std::string& name, const std::string& value) { line(name, Cell{value}); }
  void part(const std::string& text) { text_ += "\n" + text; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  static constexpr std::size_t kNames = 14;
  const Session& session_;
  std::string text_;
};

/// A word of the command as a shell would need it.
std::string quoted(const std::string& word) {
  const bool is_plain = !word.empty() && word.find_first_not_of(
                                             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                             "0123456789_-./=:,@%+") == std::string::npos;
  if (is_plain) {
    return word;
  }
  std::string out = "'";
  for (const char c : word) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

std::string command_text(const std::vector<std::string>& command) {
  std::string out;
  for (const std::string& word : command) {
    out += (out.empty() ? "" : " ") + quoted(word);
  }
  return out;
}

std::string needs_text(const wire::JobView& job) {
  std::string out;
  if (!job.vcpus.empty()) {
    out += job.vcpus + (job.vcpus == "1" ? " vCPU" : " vCPUs");
  }
  if (!job.memory.empty()) {
    out += (out.empty() ? "" : ", ") + job.memory + " MiB";
  }
  if (!job.gpus.empty()) {
    out += ", " + job.gpus + (job.gpus == "1" ? " GPU" : " GPUs");
  }
  return out;
}

std::string listed(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) {
    out += (out.empty() ? "" : ", ") + text;
  }
  return out;
}

/// "3,7-9", of long lists the beginning.
std::string indexes_text(const std::string& indexes) {
  std::size_t end = 0;
  for (std::size_t runs = 0; runs < kRunsMax && end != std::string::npos; ++runs) {
    end = indexes.find(',', end + 1);
  }
  return end == std::string::npos ? indexes : indexes.substr(0, end) + ",...";
}

std::string flags_text(const wire::JobView& job) {
  return job.is_terminated ? "terminate accepted" : job.is_cancelled ? "cancel accepted" : "";
}

void add_facts(Sheet& sheet, const wire::JobView& job) {
  sheet.line("Job", job.id);
  sheet.line("Name", job.name);
  sheet.line("State", state_cell(job.state));
  sheet.line("Why", job.state == JobState::Failed ? failure_words(job) : job.status_reason);
  sheet.line("Stopped by", flags_text(job));
  sheet.line("Held", job.is_held ? "until it is released" : indexes_text(job.held_children));
  sheet.line("Queue", job.queue);
  sheet.line("Priority", job.priority ? std::to_string(*job.priority) : "");
  sheet.line("Definition", job.definition);
  sheet.line("Children", children_text(job));
  sheet.line("Agent", job.agent);
  sheet.line("Image", job.image);
  sheet.line("Command", command_text(job.command));
  sheet.line("Needs", needs_text(job));
  for (const auto& [name, value] : job.environment) {
    sheet.line("Environment", name + "=" + value);
  }
  sheet.line("Depends on", listed(job.depends_on));
  sheet.line("Attempts", job.attempts_allowed > 1
                             ? "at most " + std::to_string(job.attempts_allowed)
                             : std::string());
  sheet.line("Timeout", job.timeout_s ? duration_text(std::chrono::seconds(*job.timeout_s)) : "");
  sheet.line("Created", time_text(job.created_at));
  sheet.line("Started", time_text(job.started_at));
  sheet.line("Stopped", time_text(job.stopped_at));
  sheet.line("Time", run_time_text(job, wall_now()));
}

std::string attempts_text(const Session& session, const wire::JobView& job) {
  Table table({{"ATTEMPT", true},
               {"AGENT", false, true},
               {"ENDED", false, true},
               {"EXIT", true},
               {"TIME", true},
               {"CPU TIME", true},
               {"PEAK MEMORY", true},
               {"WHY", false, true}});
  std::size_t number = 0;
  for (const wire::AttemptView& attempt : job.attempts) {
    wire::JobView as_job;
    as_job.state = JobState::Failed;
    as_job.started_at = attempt.started_at;
    as_job.stopped_at = attempt.stopped_at;
    const bool is_good = attempt.exit_code == 0;
    table.add(
        {{std::to_string(++number)},
         {attempt.agent},
         {attempt.outcome, is_good ? Paint::Good : Paint::Bad},
         {attempt.exit_code ? std::to_string(*attempt.exit_code) : "-"},
         {run_time_text(as_job, wall_now())},
         {attempt.usage ? duration_text(std::chrono::milliseconds(attempt.usage->cpu_ms)) : ""},
         {attempt.usage ? memory_text(attempt.usage->memory_peak_kib) : ""},
         {attempt.reason.empty() ? attempt.status_reason : attempt.reason}});
  }
  return table.text(session.terminal.out_is_tty ? session.terminal.width : 0,
                    session.terminal.color_out);
}

std::string containers_text(const Session& session, const wire::JobView& job) {
  Table table({{"CONTAINER"}, {"IMAGE", false, true}, {"EXIT", true}, {"WHY", false, true}});
  for (const wire::ContainerView& one : job.containers) {
    table.add({{one.name},
               {one.image},
               {one.exit_code ? std::to_string(*one.exit_code) : "-",
                one.exit_code.value_or(1) == 0 ? Paint::Good : Paint::None},
               {one.reason}});
  }
  return table.text(session.terminal.out_is_tty ? session.terminal.width : 0,
                    session.terminal.color_out);
}

/// Failed children by why they failed, the largest group first.
Reply<std::string> failures_text(Session& session, const wire::JobView& job) {
  const Reply<std::vector<wire::CauseView>> causes = session.client.causes(job.id);
  if (!causes) {
    return tl::unexpected(causes.error());
  }
  Table table({{"FAILED", true}, {"WHY", false, true}, {"CHILDREN", false, true}});
  for (std::size_t i = 0; i < causes->size() && i < kGroupsMax; ++i) {
    const wire::CauseView& cause = (*causes)[i];
    wire::JobView child;
    child.state = JobState::Failed;
    child.exit_code = cause.exit_code;
    child.reason = cause.reason;
    child.status_reason = cause.status_reason;
    table.add({{std::to_string(cause.count)},
               {failure_words(child), Paint::Bad},
               {indexes_text(cause.indexes)}});
  }
  return table.text(session.terminal.out_is_tty ? session.terminal.width : 0,
                    session.terminal.color_out);
}

Reply<std::string> sheet_of(Session& session, const wire::JobView& job) {
  Sheet sheet(session);
  add_facts(sheet, job);
  if (!job.attempts.empty()) {
    sheet.part(attempts_text(session, job));
  }
  if (!job.containers.empty()) {
    sheet.part(containers_text(session, job));
  }
  if (job.counts && (*job.counts)[static_cast<std::size_t>(JobState::Failed)] > 0) {
    const Reply<std::string> failures = failures_text(session, job);
    if (!failures) {
      return failures;
    }
    sheet.part(*failures + "`dray logs " + job.id + ":N` shows what child N wrote, `dray rerun " +
               job.id + "` runs them again.\n");
  }
  if (job.state < JobState::Running) {
    const Reply<wire::ExplanationView> explanation = session.client.explain(job.id);
    if (explanation) {
      sheet.part(explanation_text(session, *explanation));
    }
  }
  return sheet.text();
}

}  // namespace

int run_show(Session& session, const NamesOptions& options) {
  const Reply<std::vector<std::string>> ids = resolve_jobs(session, options.names);
  if (!ids) {
    return report(session, ids.error());
  }
  std::vector<std::string> json;
  std::string text;
  for (const std::string& id : *ids) {
    const Reply<wire::JobView> job = session.client.describe_job(id);
    if (!job) {
      return report(session, job.error());
    }
    json.push_back(job->json);
    if (session.options.format == OutputFormat::Table) {
      const Reply<std::string> sheet = sheet_of(session, *job);
      if (!sheet) {
        return report(session, sheet.error());
      }
      text += (text.empty() ? "" : "\n") + *sheet;
    }
  }
  write_things(session, json, *ids, text);
  return kDone;
}

}  // namespace dray::cli
