#include "agent/runner/container_engine.h"

namespace dray {
namespace {

constexpr const char* kLabel = "dray.folder=";

bool is_podman(const ContainerEngine& engine) {
  return engine.kind == ContainerEngine::Kind::Podman;
}

std::vector<std::string> verb(const ContainerEngine& engine, std::vector<std::string> words) {
  std::vector<std::string> command{engine.program};
  command.insert(command.end(), engine.globals.begin(), engine.globals.end());
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

/// Ulimits that the engine needs here, but for those that the job sets itself.
void add_ulimits(const ContainerEngine& engine, const ContainerOrder& order,
                 std::vector<std::string>& command) {
  for (const std::string& word : engine.run_words) {
    const std::string flag = "--ulimit=" + word.substr(word.find('=') + 1);
    const std::string name = flag.substr(0, flag.find('=', flag.find('=') + 1) + 1);
    bool is_set = false;
    for (const std::string& limit : order.ulimits) {
      is_set = is_set || ("--ulimit=" + limit).starts_with(name);
    }
    if (!is_set) {
      command.push_back(word);
    }
  }
  for (const std::string& limit : order.ulimits) {
    command.push_back("--ulimit=" + limit);
  }
}

}  // namespace

std::string to_string(const ContainerEngine& engine) {
  std::string text = engine.version;
  std::string before = " with ";
  for (const auto* words : {&engine.globals, &engine.run_words}) {
    for (const std::string& word : *words) {
      text += before + word;
      before = " ";
    }
  }
  return text;
}

std::vector<std::string> run_command(const ContainerEngine& engine, const ContainerOrder& order,
                                     std::size_t& group_word) {
  std::vector<std::string> command =
      verb(engine, {"run", "--rm", "--name=" + order.name, "--label=" + (kLabel + order.folder),
                    "--network=" + order.network, "--log-driver=none", "--pull=missing",
                    "--security-opt=no-new-privileges", "--cidfile=" + order.created_file});
  if (is_podman(engine)) {
    command.emplace_back("--quiet");
    command.push_back("--pidfile=" + order.started_file);
  }
  group_word = command.size();
  command.emplace_back("--cgroup-parent=");
  add_ulimits(engine, order, command);
  if (!order.user.empty()) {
    command.push_back("--user=" + order.user);
  }
  if (order.is_root_read_only) {
    command.emplace_back("--read-only");
    if (is_podman(engine)) {
      command.emplace_back("--read-only-tmpfs=false");  // AWS gives none either.
    }
  }
  if (order.has_init) {
    command.emplace_back("--init");
  }
  if (order.shared_memory_mib > 0) {
    command.push_back("--shm-size=" + std::to_string(order.shared_memory_mib) + "m");
  }
  for (const std::string& mount : order.mounts) {
    command.push_back("--volume=" + mount);
  }
  for (const std::string& tmpfs : order.tmpfs) {
    command.push_back("--tmpfs=" + tmpfs);
  }
  for (const std::string& variable : order.environment) {
    command.push_back("--env=" + variable);
  }
  const bool has_entry_point = order.replaces_entry_point && !order.command.empty();
  if (has_entry_point) {
    command.push_back("--entrypoint=" + order.command.front());
  }
  command.push_back(order.image);
  command.insert(command.end(), order.command.begin() + (has_entry_point ? 1 : 0),
                 order.command.end());
  return command;
}

std::vector<std::string> remove_command(const ContainerEngine& engine, const std::string& name) {
  return is_podman(engine)
             ? verb(engine, {"rm", "--force", "--volumes", "--time=0", "--ignore", name})
             : verb(engine, {"rm", "--force", "--volumes", name});
}

/// Docker removes by name only; the names come from its own list. Its words are the operator's and
/// ours, never a job's.
std::vector<std::string> clear_command(const ContainerEngine& engine, const std::string& folder) {
  const std::string filter = "--filter=label=" + (kLabel + folder);
  if (is_podman(engine)) {
    return verb(engine, {"rm", "--force", "--volumes", "--time=0", filter});
  }
  return {
      "/bin/sh", "-c",
      R"(ids=$("$0" ps --all --quiet "$1") && { [ -z "$ids" ] || "$0" rm --force --volumes $ids; })",
      engine.program, filter};
}

std::string error_prefix(const ContainerEngine& engine) {
  return is_podman(engine) ? "Error: " : "docker: ";
}

bool tells_start(const ContainerEngine& engine) {
  return is_podman(engine);
}

}  // namespace dray
