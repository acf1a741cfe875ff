#include "cli/exit_codes.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace dray::cli {
namespace {

using client::Reply;

void add_row(Table& table, const std::string& what, const wire::UsageRowView& row) {
  const auto cell = [](const std::string& text) { return Cell{text.empty() ? "-" : text}; };
  table.add({{what},
             cell(row.requested),
             cell(row.median),
             cell(row.p95),
             cell(row.most),
             {row.suggested.empty() ? "-" : row.suggested, Paint::Good}});
}

std::string usage_text(const Session& session, const wire::UsageView& usage) {
  if (usage.attempts == 0) {
    return "Nothing of it has been measured yet.\n";
  }
  Table table({{""},
               {"ASKED FOR", true},
               {"MEDIAN", true},
               {"P95", true},
               {"MAX", true},
               {"SUGGESTED", true}});
  add_row(table, "memory, MiB", usage.memory_mib);
  add_row(table, "vCPUs", usage.vcpus);
  std::string text = table.text(session.terminal.out_is_tty ? session.terminal.width : 0,
                                session.terminal.color_out);
  text += "\nOf " + std::to_string(usage.attempts) + " attempts of the newest " +
          std::to_string(usage.jobs) + (usage.jobs == 1 ? " job" : " jobs") + ".\n";
  if (usage.out_of_memory > 0) {
    text += std::to_string(usage.out_of_memory) +
            " of them ended because their memory was too small: they need more than is seen.\n";
  }
  return text;
}

}  // namespace

int run_usage(Session& session, const NamesOptions& options) {
  std::vector<std::string> json;
  std::string text;
  for (const std::string& name : options.names) {
    const Reply<wire::UsageView> usage = session.client.usage(name);
    if (!usage) {
      return report(session, usage.error());
    }
    json.push_back(usage->json);
    text += text.empty() ? "" : "\n";
    text += options.names.size() > 1 ? harmless(name) + "\n" : "";
    text += usage_text(session, *usage);
  }
  write_things(session, json, options.names, text);
  return kDone;
}

}  // namespace dray::cli
