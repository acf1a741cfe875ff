#include "agent/supervisor/engine_watch.h"

#include <csignal>
#include <sstream>

#include <sys/wait.h>
#include <unistd.h>

#include "model/texts.h"

namespace dray::supervisor {
namespace {

/// Codes of `podman run` and `docker run` that may be their own: 125 the engine failed, 126 and 127
/// the program cannot be executed or is not there.
constexpr int kEngineFailed = 125;
constexpr int kNotThere = 127;

bool exists(const std::string& file) {
  return ::access(file.c_str(), F_OK) == 0;
}

/// The last line that begins with the prefix, without it; else the last line that says anything.
std::string words_of(std::string_view text, std::string_view prefix) {
  std::istringstream in{std::string(text)};
  std::string last;
  std::string engines;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(prefix)) {
      engines = line.substr(prefix.size());
    }
    last = line.empty() ? last : line;
  }
  return engines.empty() ? last : engines;
}

[[noreturn]] void execute(std::vector<char*>& words) {
  ::execv(words.front(), words.data());
  ::_exit(kNotThere);
}

}  // namespace

void write_watch(ByteWriter& out, const EngineWatch& watch) {
  out.u32(watch.group_word);
  out.string(watch.created_file);
  out.string(watch.started_file);
  out.string(watch.error_prefix);
  out.u32(watch.start_seconds);
  out.varint(watch.removal.size());
  for (const std::string& word : watch.removal) {
    out.string(word);
  }
  out.u32(watch.folder_user);
  out.u32(watch.folder_group);
}

EngineWatch read_watch(ByteReader& in) {
  EngineWatch watch;
  watch.group_word = in.u32();
  watch.created_file = in.string();
  watch.started_file = in.string();
  watch.error_prefix = in.string();
  watch.start_seconds = in.u32();
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    watch.removal.push_back(in.string());
  }
  watch.folder_user = in.u32();
  watch.folder_group = in.u32();
  return watch;
}

std::string why_never_started(const EngineWatch& watch, int exit_code,
                              std::string_view last_words) {
  if (exit_code < kEngineFailed || exit_code > kNotThere) {
    return "";
  }
  const bool is_created = exists(watch.created_file);
  const bool is_ours = last_words.starts_with(watch.error_prefix) ||
                       last_words.find("\n" + watch.error_prefix) != std::string_view::npos;
  const bool is_started = watch.started_file.empty() ? !is_ours : exists(watch.started_file);
  if (is_created && is_started) {
    return "";
  }
  return std::string(is_created ? texts::kCannotStart : texts::kCannotPull) +
         words_of(last_words, watch.error_prefix);
}

std::string why_too_late(const EngineWatch& watch) {
  return std::string(texts::kCannotPull) + "the image was not there after " +
         std::to_string(watch.start_seconds) + " seconds";
}

bool has_been_created(const EngineWatch& watch) {
  return exists(watch.created_file);
}

void forget_files(const EngineWatch& watch) {
  for (const std::string& file : {watch.created_file, watch.started_file}) {
    if (!file.empty()) {
      ::unlink(file.c_str());
    }
  }
}

int run_until_done(const std::vector<std::string>& command, int tries) {
  std::vector<char*> words;
  for (const std::string& word : command) {
    words.push_back(const_cast<char*>(word.c_str()));
  }
  words.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) {
    return child;
  }
  ::close_range(STDERR_FILENO + 1, ~0U, 0);  // A held lock would hide the supervisor's death.
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGCHLD}) {
    ::signal(number, SIG_DFL);  // SIGCHLD above all: our parent's ear is shared memory of pipes.
  }
  for (int round = 0; round < tries; ++round) {
    const pid_t program = ::fork();
    if (program == 0) {
      execute(words);
    }
    int status = -1;
    if (program > 0 && ::waitpid(program, &status, 0) == program && status == 0) {
      ::_exit(0);
    }
  }
  ::_exit(1);
}

}  // namespace dray::supervisor
