#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "model/error.h"

namespace dray {

/// What the operator allows: option `--containers`.
enum class EngineChoice { Auto, Podman, Docker, None };

/// A container engine of this machine, with all that its command lines need here.
struct ContainerEngine {
  enum class Kind { Podman, Docker };
  Kind kind = Kind::Podman;
  std::string program;                 ///< Absolute.
  std::vector<std::string> globals;    ///< Between the program and its verb.
  std::vector<std::string> run_words;  ///< Behind `run`: what containers do not start without here.
  std::string version;                 ///< "podman 4.3.1".
};

/// Looks for an engine and tries until a container of this machine's own files runs: some runtimes
/// refuse some control groups, and some machines do not let limits be raised. Costs one container,
/// as a rule. `folder` is for what is tried; the refusal is a sentence for the operator.
Result<ContainerEngine> find_engine(EngineChoice choice, const std::string& folder);

/// One line of what was found: "podman 4.3.1 with --runtime runc, --ulimit nofile=...".
std::string to_string(const ContainerEngine& engine);

/// What a container of a job needs said, in no engine's words.
struct ContainerOrder {
  std::string name;
  std::string folder;  ///< Names the agent: its data folder.
  std::string image;
  bool replaces_entry_point = false;  ///< The first word of the command is the entry point.
  std::vector<std::string> command;
  std::vector<std::string> environment;  ///< NAME=value.
  std::string user;                      ///< Empty: the image's.
  std::string network;
  std::vector<std::string> mounts;   ///< HOST:PATH:ro or rw, or PATH alone.
  std::vector<std::string> tmpfs;    ///< PATH:OPTIONS.
  std::vector<std::string> ulimits;  ///< name=soft:hard.
  bool is_root_read_only = false;
  bool has_init = false;
  std::int64_t shared_memory_mib = 0;
  std::string created_file;
  std::string started_file;
};

/// `run` as an argv whose first word is the program's name. The last word before those that may
/// follow is at `group_word`: "--cgroup-parent=", to which a group's path is to be appended.
std::vector<std::string> run_command(const ContainerEngine& engine, const ContainerOrder& order,
                                     std::size_t& group_word);
/// Removes a container whatever its state; succeeds when there is none.
std::vector<std::string> remove_command(const ContainerEngine& engine, const std::string& name);
/// Removes every container of the agent with this data folder.
std::vector<std::string> clear_command(const ContainerEngine& engine, const std::string& folder);
/// Begins what the engine itself says went wrong.
std::string error_prefix(const ContainerEngine& engine);
/// Whether it tells by a file that the first process of a container exists.
bool tells_start(const ContainerEngine& engine);

}  // namespace dray
