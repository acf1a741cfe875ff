#include "cli/each_job.h"
#include "cli/explain_table.h"
#include "cli/job_words.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace dray::cli {
namespace {

/// "TOO_SMALL" as "too small".
std::string plain_word(std::string word) {
  for (char& c : word) {
    c = c == '_' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return word;
}

/// One is enough, so each stands for itself.
std::string would_start_text(const std::vector<std::string>& sentences) {
  std::string text = sentences.empty() ? "" : "\nIt would start if:\n";
  for (const std::string& sentence : sentences) {
    text += "  - " + harmless(sentence) + "\n";
  }
  return text;
}

}  // namespace

std::string explanation_text(const Session& session, const wire::ExplanationView& explanation) {
  std::string out = harmless(explanation.sentence) + "\n";
  if (explanation.position > 0) {
    out += "Its place in the order of dispatch is " + std::to_string(explanation.position) + ".\n";
  }
  for (const std::string& blocker : explanation.blockers) {
    out += "Behind job " + harmless(blocker) + "\n";
  }
  out += would_start_text(explanation.would_start_if);
  if (explanation.agents.empty()) {
    return out;
  }
  Table table({{"AGENT", false, true},
               {"ENVIRONMENT", false, true},
               {"VERDICT"},
               {"HAS"},
               {"FREE"},
               {"SHORT OF"}});
  for (const wire::VerdictView& verdict : explanation.agents) {
    const bool fits = verdict.verdict == "FITS";
    table.add({{verdict.agent},
               {verdict.environment},
               {plain_word(verdict.verdict), fits ? Paint::Good : Paint::Waiting},
               {amounts_text(verdict.capacity)},
               {amounts_text(verdict.free)},
               {amounts_text(verdict.short_of)}});
  }
  return out + "\n" +
         table.text(session.terminal.out_is_tty ? session.terminal.width : 0,
                    session.terminal.color_out);
}

int run_explain(Session& session, const NamesOptions& options) {
  return write_each_job(
      session, options.names, [&](const std::string& id) { return session.client.explain(id); },
      [&](const wire::ExplanationView& answer) { return explanation_text(session, answer); });
}

}  // namespace dray::cli
