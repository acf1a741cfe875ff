#include <algorithm>
#include <filesystem>

#include <sys/resource.h>

#include "agent/runner/container_engine.h"
#include "agent/runner/program_try.h"

namespace dray {
namespace {

namespace fs = std::filesystem;

constexpr int kTrySeconds = 30;

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) {
    return "";
  }
  const std::size_t begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin + 1) + 1);
}

/// Our own limit, or `most` where that is less.
std::string limit_word(const char* name, __rlimit_resource resource, rlim_t most) {
  rlimit limit{};
  ::getrlimit(resource, &limit);
  return std::string("--ulimit=") + name + "=" + std::to_string(std::min(limit.rlim_cur, most)) +
         ":" + std::to_string(std::min(limit.rlim_max, most));
}

/// A root folder for a container that shows this machine's own programs: no image is needed to see
/// whether containers run.
std::vector<std::string> root_of_this_machine(const fs::path& root) {
  std::error_code failed;
  fs::create_directories(root / "usr", failed);
  std::vector<std::string> words{"--volume=/usr:/usr:ro"};
  for (const char* name : {"bin", "sbin", "lib", "lib64"}) {
    const fs::path there = fs::path("/") / name;
    if (fs::is_symlink(there, failed)) {
      fs::create_symlink(fs::read_symlink(there, failed), root / name, failed);
    } else if (fs::is_directory(there, failed)) {
      fs::create_directories(root / name, failed);
      words.push_back("--volume=" + there.string() + ":" + there.string() + ":ro");
    }
  }
  return words;
}

struct Trial {
  std::vector<std::string> globals;
  std::vector<std::string> run_words;
};

/// The likely ones first: crun refuses v1 control groups, and limits cannot be raised without a
/// right that this process may lack.
std::vector<Trial> trials() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  constexpr rlim_t kUsual = 1'048'576;  // What podman asks for when nothing is said.
  const bool is_limited = files.rlim_max < kUsual;
  const bool has_v1 = fs::exists("/sys/fs/cgroup/memory");
  std::vector<Trial> all;
  std::vector<std::vector<std::string>> runtimes{{}};
  for (const char* name : {"runc", "crun"}) {
    if (!find_in_path(name).empty()) {
      runtimes.push_back({std::string("--runtime=") + name});
    }
  }
  if (has_v1 && runtimes.size() > 1) {
    std::rotate(runtimes.begin(), runtimes.begin() + 1, runtimes.end());
  }
  // Groups hold 4,096 processes at most. Some machines let an engine keep far less than it has.
  std::vector<std::vector<std::string>> limits;
  for (const rlim_t processes : {4096, 1000}) {
    limits.push_back({limit_word("nofile", RLIMIT_NOFILE, kUsual),
                      limit_word("nproc", RLIMIT_NPROC, processes)});
  }
  limits.insert(is_limited ? limits.end() : limits.begin(), std::vector<std::string>{});
  for (const auto& runtime : runtimes) {
    for (const auto& words : limits) {
      all.push_back({runtime, words});
    }
  }
  return all;
}

Result<ContainerEngine> try_podman(const std::string& folder) {
  ContainerEngine engine{.kind = ContainerEngine::Kind::Podman, .program = find_in_path("podman")};
  if (engine.program.empty()) {
    return refuse(ErrorCode::NotFound, "there is no podman");
  }
  const ProgramTry version =
      try_program({engine.program, "version", "--format={{.Version}}"}, kTrySeconds);
  engine.version = "podman " + last_line(version.said);
  const fs::path root = fs::path(folder) / "engine-try";
  const std::vector<std::string> mounts = root_of_this_machine(root);
  std::string why;
  for (const std::vector<std::string>& storage :
       {std::vector<std::string>{}, std::vector<std::string>{"--storage-driver=vfs"}}) {
    for (const Trial& trial : trials()) {
      std::vector<std::string> command{engine.program};
      engine.globals = storage;
      engine.globals.insert(engine.globals.end(), trial.globals.begin(), trial.globals.end());
      engine.run_words = trial.run_words;
      command.insert(command.end(), engine.globals.begin(), engine.globals.end());
      command.insert(command.end(), {"run", "--rm", "--network=host", "--log-driver=none"});
      command.insert(command.end(), trial.run_words.begin(), trial.run_words.end());
      command.insert(command.end(), mounts.begin(), mounts.end());
      command.insert(command.end(), {"--rootfs", root.string(), "/usr/bin/true"});
      const ProgramTry tried = try_program(command, kTrySeconds);
      if (tried.has_succeeded) {
        std::error_code failed;
        fs::remove_all(root, failed);
        return engine;
      }
      why = why.empty() ? last_line(tried.said) : why;
    }
  }
  std::error_code failed;
  fs::remove_all(root, failed);
  return refuse(ErrorCode::Unavailable, engine.version + " does not run containers here: " + why);
}

Result<ContainerEngine> try_docker() {
  ContainerEngine engine{.kind = ContainerEngine::Kind::Docker, .program = find_in_path("docker")};
  if (engine.program.empty()) {
    return refuse(ErrorCode::NotFound, "there is no docker");
  }
  const ProgramTry version =
      try_program({engine.program, "version", "--format={{.Server.Version}}"}, kTrySeconds);
  if (!version.has_succeeded) {
    return refuse(ErrorCode::Unavailable,
                  "docker's daemon does not answer: " + last_line(version.said));
  }
  engine.version = "docker " + last_line(version.said);
  return engine;
}

}  // namespace

Result<ContainerEngine> find_engine(EngineChoice choice, const std::string& folder) {
  switch (choice) {
    case EngineChoice::None:
      return refuse(ErrorCode::NotAllowed, "--containers none");
    case EngineChoice::Podman:
      return try_podman(folder);
    case EngineChoice::Docker:
      return try_docker();
    case EngineChoice::Auto:
      break;
  }
  auto podman = try_podman(folder);
  if (podman) {
    return podman;
  }
  auto docker = try_docker();
  if (docker) {
    return docker;
  }
  return refuse(ErrorCode::Unavailable, podman.error().reason + "; " + docker.error().reason);
}

}  // namespace dray
