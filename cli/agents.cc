#include "cli/exit_codes.h"
#include "cli/job_words.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace dray::cli {
namespace {

Paint paint_of(const std::string& state) {
  return state == "ready" ? Paint::Good : state == "draining" ? Paint::Waiting : Paint::Bad;
}

/// "1.5/4": what is taken of what there is.
std::string share(const std::string& taken, const std::string& all) {
  return taken + "/" + all;
}

}  // namespace

int run_agents(Session& session) {
  const client::Reply<std::vector<wire::AgentView>> agents = session.client.agents();
  if (!agents) {
    return report(session, agents.error());
  }
  Table table({{"AGENT"},
               {"ENVIRONMENT", false, true},
               {"STATE"},
               {"VCPUS", true},
               {"MEMORY MIB", true},
               {"GPUS", true},
               {"RUNNING", true},
               {"AHEAD", true}});
  std::vector<std::string> json;
  std::vector<std::string> names;
  for (const wire::AgentView& agent : *agents) {
    table.add(
        {{agent.name},
         {agent.environment},
         {agent.state, paint_of(agent.state)},
         {share(vcpus_text(agent.reserved.milli_vcpus), vcpus_text(agent.capacity.milli_vcpus))},
         {share(std::to_string(agent.reserved.memory_mib),
                std::to_string(agent.capacity.memory_mib))},
         {share(std::to_string(agent.reserved.gpus), std::to_string(agent.capacity.gpus))},
         {std::to_string(agent.attempts_live)},
         {std::to_string(agent.attempts_ahead)}});
    json.push_back(agent.json);
    names.push_back(agent.name);
  }
  if (agents->empty()) {
    session.note(
        "dray: no agent has joined; start one with `dray-agent --scheduler HOST:8471 "
        "--data-dir DIR --name NAME`");
  }
  const bool is_table = session.options.format == OutputFormat::Table;
  if (!agents->empty() || !is_table) {
    write_things(session, json, names,
                 table.text(session.terminal.out_is_tty ? session.terminal.width : 0,
                            session.terminal.color_out));
  }
  return kDone;
}

}  // namespace dray::cli
