#include "agent/runner/container_runner.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "api/wire/container_options.h"
#include "model/texts.h"

namespace dray {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCannotCreate = "CannotCreateContainerError: ";

tl::unexpected<Error> cannot_create(const std::string& why) {
  return refuse(ErrorCode::NotAllowed, std::string(kCannotCreate) + why);
}

/// A word of an engine's command line must not look like an option or a path of its own.
bool is_image(const std::string& name) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/@#";
  return !name.empty() && name.find_first_not_of(kAllowed) == std::string::npos &&
         name.front() != '-' && name.front() != '/' && name.front() != '.' &&
         name.find(":/") == std::string::npos;
}

/// Engines separate the parts of a mount by colons.
bool is_path(const std::string& path) {
  return path.starts_with('/') && path.find_first_of(":,\n") == std::string::npos;
}

bool is_below(const fs::path& path, const fs::path& top) {
  const auto [in_top, in_path] = std::mismatch(top.begin(), top.end(), path.begin(), path.end());
  return in_top == top.end();
}

std::string name_of(const JobToRun& job, const AttemptKey& key, const AttemptToken& token) {
  std::string name = "dray-" + to_string(job.uuid);
  if (key.job.is_child()) {
    name += "-" + std::to_string(key.job.child);
  }
  return name + "-" + std::to_string(key.number) + "-" + std::to_string(token.low);
}

/// The engine's own surroundings: nothing of a job's, which could turn an engine around. The token
/// is the mark by which processes are recognised where there are no control groups.
std::vector<std::string> engine_environment(const std::vector<std::string>& job) {
  std::vector<std::string> environment{
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
      "LANG=C.UTF-8"};
  std::copy_if(job.begin(), job.end(), std::back_inserter(environment),
               [](const auto& variable) { return variable.starts_with("DRAY_ATTEMPT_TOKEN="); });
  return environment;
}

void add_options(const ContainerOptions& options, ContainerOrder& order) {
  order.is_root_read_only = options.is_root_read_only;
  order.has_init = options.has_init;
  order.shared_memory_mib = options.shared_memory_mib;
  for (const Ulimit& limit : options.ulimits) {
    order.ulimits.push_back(limit.name + "=" + std::to_string(limit.soft) + ":" +
                            std::to_string(limit.hard));
  }
  for (const Tmpfs& tmpfs : options.tmpfs) {
    std::string word = tmpfs.path + ":size=" + std::to_string(tmpfs.mib) + "m";
    for (const std::string& option : tmpfs.options) {
      word += "," + option;
    }
    order.tmpfs.push_back(word);
  }
}

}  // namespace

/// Symbolic links are followed first: what counts is where the folder really is.
Result<std::string> ContainerRunner::host_folder(const std::string& given) const {
  if (!is_path(given)) {
    return cannot_create("volume path \"" + given + "\" must be absolute and without ':' or ','");
  }
  std::error_code failed;
  const fs::path real = fs::canonical(given, failed);
  for (const std::string& allowed : rules_.volume_paths) {
    std::error_code none;
    const fs::path top = fs::canonical(allowed, none);
    // What does not exist is refused as such below a path that is listed, and as not listed else:
    // a job learns nothing about the rest of the machine.
    if (!none && is_below(failed ? fs::path(given).lexically_normal() : real, top)) {
      if (failed) {
        return cannot_create("volume path \"" + given + "\": " + failed.message());
      }
      if (is_path(real.string())) {
        return real.string();
      }
    }
  }
  return cannot_create("volume path \"" + given +
                       "\" is not below a path that this agent allows (--volume-path)");
}

Result<std::vector<std::string>> ContainerRunner::mounts_of(
    const ContainerOptions& options, const std::string& scratch,
    std::vector<std::string>* folders) const {
  std::vector<std::string> mounts;
  for (const MountPoint& mount : options.mount_points) {
    const auto volume = std::find_if(options.volumes.begin(), options.volumes.end(),
                                     [&](const Volume& one) { return one.name == mount.volume; });
    if (volume == options.volumes.end() || !is_path(mount.path)) {
      return cannot_create("mount point \"" + mount.path + "\" cannot be used");
    }
    if (volume->host_path.empty() && folders == nullptr) {
      mounts.push_back(mount.path);
      continue;
    }
    Result<std::string> folder =
        scratch + supervisor::kVolumes + std::to_string(volume - options.volumes.begin());
    if (!volume->host_path.empty()) {
      folder = host_folder(volume->host_path);
    } else {
      folders->push_back(*folder);
    }
    if (!folder) {
      return tl::unexpected<Error>(folder.error());
    }
    mounts.push_back(*folder + ":" + mount.path + (mount.is_read_only ? ":ro" : ":rw"));
  }
  return mounts;
}

/// D8, as for native jobs: the machine's users, and never root unless the operator says so. `word`
/// is for the engine.
Result<MachineUser> ContainerRunner::user_for(const std::string& wanted, std::string& word) const {
  if (rules_.may_be_root) {
    word = wanted;
    const auto known = wanted.empty() ? find_user("0") : find_user(wanted);
    return known ? *known : MachineUser{wanted, 0, 0};
  }
  const std::size_t colon = wanted.find(':');
  auto user = native_.user_for(wanted.substr(0, colon));
  if (user) {
    word = std::to_string(user->user) + ":" + std::to_string(user->group);
  }
  return user;
}

supervisor::LaunchPlan ContainerRunner::plan_part(const JobToRun& job, const AttemptKey& key,
                                                  const AttemptToken& token,
                                                  const std::string& scratch,
                                                  const std::optional<PodPart>& part) const {
  const ContainerSpec& spec = job.spec->container;
  if (!is_image(spec.image)) {
    return supervisor::refused_plan(std::string(texts::kCannotPull) + "\"" + spec.image +
                                    "\" names no image");
  }
  const auto options = wire::decode_container_options(spec.as_given);
  if (!options) {
    return supervisor::refused_plan(std::string(kCannotCreate) + options.error().reason);
  }
  if (options->is_privileged || options->has_devices) {
    return supervisor::refused_plan(std::string(kCannotCreate) +
                                    (options->is_privileged ? "privileged" : "devices") +
                                    " is not allowed: such a container owns the machine");
  }
  // Of the containers of a pod, each has a name and files of its own.
  const std::string suffix = part ? "-" + std::to_string(part->at) : "";
  ContainerOrder order{.name = name_of(job, key, token) + suffix,
                       .folder = rules_.folder,
                       .image = spec.image,
                       .replaces_entry_point = part && part->replaces_entry_point,
                       .command = spec.command,
                       .network = rules_.network,
                       .created_file = scratch + suffix + ".cid",
                       .started_file = scratch + suffix + ".pid"};
  const auto user = user_for(spec.user, order.user);
  supervisor::LaunchPlan plan;
  auto mounts = mounts_of(*options, scratch, part ? &plan.folders : nullptr);
  if (!user || !mounts) {
    return supervisor::refused_plan(!user ? user.error().reason : mounts.error().reason);
  }
  order.mounts = std::move(*mounts);
  order.mounts.push_back(scratch + ":" + kScratchInContainer + ":rw");
  order.environment = container_environment(job, key, token, kScratchInContainer);
  add_options(*options, order);
  std::size_t group_word = 0;
  plan.arguments = run_command(engine_, order, group_word);
  plan.program = engine_.program;
  plan.environment = engine_environment(order.environment);
  plan.engine =
      supervisor::EngineWatch{.group_word = static_cast<std::uint32_t>(group_word),
                              .created_file = order.created_file,
                              .started_file = tells_start(engine_) ? order.started_file : "",
                              .error_prefix = error_prefix(engine_),
                              .start_seconds = rules_.start_seconds,
                              .removal = remove_command(engine_, order.name),
                              .folder_user = user->user,
                              .folder_group = user->group};
  return plan;
}

supervisor::LaunchPlan AnyRunner::plan(const JobToRun& job, const AttemptKey& key,
                                       const AttemptToken& token,
                                       const std::string& scratch) const {
  return job.spec->pod.empty() ? plan_part(job, key, token, scratch, {})
                               : plan_pod(job, key, token, scratch);
}

supervisor::LaunchPlan AnyRunner::plan_part(const JobToRun& job, const AttemptKey& key,
                                            const AttemptToken& token, const std::string& scratch,
                                            const std::optional<PodPart>& part) const {
  const ContainerSpec& spec = job.spec->container;
  if (spec.is_native()) {
    return native_.plan(job, key, token, scratch);
  }
  if (container_ != nullptr) {
    return container_->plan_part(job, key, token, scratch, part);
  }
  return supervisor::refused_plan(std::string(texts::kCannotPull) +
                                  "this agent runs no containers (" + why_ + "): image \"" +
                                  spec.image + "\"");
}

/// Each container is planned as if it were the job's only one.
supervisor::LaunchPlan AnyRunner::plan_pod(const JobToRun& job, const AttemptKey& key,
                                           const AttemptToken& token,
                                           const std::string& scratch) const {
  supervisor::LaunchPlan plan;
  for (std::size_t at = 0; at < job.spec->pod.size(); ++at) {
    const PodContainer& one = job.spec->pod[at];
    auto alone = std::make_shared<JobSpec>(*job.spec);
    alone->container = one.container;
    alone->pod.clear();
    JobToRun part = job;
    part.spec = std::move(alone);
    plan.members.push_back({.name = one.name,
                            .role = one.role,
                            .depends_on = one.depends_on,
                            .start_timeout = one.start_timeout,
                            .stop_timeout = one.stop_timeout});
    plan.programs.push_back(plan_part(part, key, token, scratch, PodPart{at, one.entry_words > 0}));
  }
  return plan;
}

}  // namespace dray
