#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/bytes.h"

namespace dray::supervisor {

/// How the supervisor watches a container engine that runs an attempt as its main process. Made by
/// the agent's runner, which knows engines; the supervisor only knows files, groups and processes.
struct EngineWatch {
  std::uint32_t group_word = 0;     ///< Of the arguments: the group's path is appended to this one.
  std::string created_file;         ///< The engine writes it once the container exists.
  std::string started_file;         ///< And this once its first process does; empty: never written.
  std::string error_prefix;         ///< Begins what the engine itself says went wrong.
  std::uint32_t start_seconds = 0;  ///< Until then the container exists, or the engine is killed.
  std::vector<std::string> removal;  ///< Program and arguments that remove the container.
  std::uint32_t folder_user = 0;     ///< Whose the scratch folder is: the container's, not the
  std::uint32_t folder_group = 0;    ///< engine's.
  bool operator==(const EngineWatch&) const = default;
};

void write_watch(ByteWriter& out, const EngineWatch& watch);
EngineWatch read_watch(ByteReader& in);

/// The engine has ended with `exit_code` and said `last_words`: why the container never ran, in
/// AWS's words; empty when it did run, and the code is its own.
std::string why_never_started(const EngineWatch& watch, int exit_code, std::string_view last_words);
/// The same when the engine was killed because `start_seconds` were over.
std::string why_too_late(const EngineWatch& watch);
/// Whether the container exists, as far as its files tell.
bool has_been_created(const EngineWatch& watch);
void forget_files(const EngineWatch& watch);

/// Runs a command in a child, again until it succeeds, at most `tries` times; the child's id. It
/// survives this process. Words of the command must outlive the call only.
int run_until_done(const std::vector<std::string>& command, int tries);

}  // namespace dray::supervisor
