#include "agent/runner/native_runner.h"

#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/texts.h"

namespace dray {
namespace {

constexpr std::string_view kSearchPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string hex(std::uint64_t number) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t digit = 16; digit > 0; --digit, number >>= 4U) {
    text[digit - 1] = kDigits[number & 0xFU];
  }
  return text;
}

std::string value_of(const std::vector<std::string>& environment, std::string_view name) {
  for (const std::string& variable : environment) {
    if (variable.size() > name.size() && variable[name.size()] == '=' &&
        variable.compare(0, name.size(), name) == 0) {
      return variable.substr(name.size() + 1);
    }
  }
  return "";
}

Error cannot_execute(const std::string& name, const std::string& why) {
  return {ErrorCode::NotFound, std::string(texts::kCannotStart) + "exec: \"" + name + "\": " + why};
}

}  // namespace

Result<MachineUser> find_user(const std::string& name_or_number) {
  const bool is_number = !name_or_number.empty() && name_or_number.size() <= 9 &&
                         name_or_number.find_first_not_of("0123456789") == std::string::npos;
  const passwd* found = is_number ? ::getpwuid(static_cast<uid_t>(std::stoul(name_or_number)))
                                  : ::getpwnam(name_or_number.c_str());
  if (found == nullptr) {
    return refuse(ErrorCode::NotFound, "no user \"" + name_or_number + "\" on this machine");
  }
  return MachineUser{found->pw_name, found->pw_uid, found->pw_gid};
}

MachineUser current_user() {
  const passwd* found = ::getpwuid(::geteuid());
  return {found != nullptr ? found->pw_name : std::to_string(::geteuid()), ::geteuid(),
          ::getegid()};
}

/// D8: never root, and nobody's rights but those the agent has.
Result<MachineUser> NativeRunner::user_for(const std::string& wanted) const {
  if (wanted.empty() || wanted == ordinary_.name || wanted == std::to_string(ordinary_.user)) {
    return ordinary_;
  }
  auto user = find_user(wanted);
  if (!user) {
    return refuse(ErrorCode::NotFound, std::string(texts::kCannotStart) + user.error().reason);
  }
  if (user->user == 0 || !may_become_others_) {
    return refuse(ErrorCode::NotAllowed, std::string(texts::kCannotStart) +
                                             "this agent may not run jobs as user \"" + wanted +
                                             "\"");
  }
  return user;
}

supervisor::LaunchPlan NativeRunner::plan(const JobToRun& job, const AttemptKey& key,
                                          const AttemptToken& token,
                                          const std::string& scratch) const {
  const ContainerSpec& container = job.spec->container;
  if (container.command.empty()) {
    return supervisor::refused_plan(std::string(texts::kCannotStart) + "no command specified");
  }
  auto user = user_for(container.user);
  if (!user) {
    return supervisor::refused_plan(user.error().reason);
  }
  supervisor::LaunchPlan plan;
  plan.environment = job_environment(job, key, token, scratch, user->name);
  auto program = find_program(container.command.front(), value_of(plan.environment, "PATH"));
  if (!program) {
    return supervisor::refused_plan(program.error().reason);
  }
  plan.program = std::move(*program);
  plan.arguments = container.command;
  plan.user = user->user;
  plan.group = user->group;
  return plan;
}

namespace {

using Variables = std::map<std::string, std::string>;

std::vector<std::string> complete(Variables variables, const JobToRun& job, const AttemptKey& key,
                                  const AttemptToken& token) {
  for (const EnvironmentVariable& variable : job.queue_environment) {
    variables[variable.name] = variable.value;
  }
  for (const EnvironmentVariable& variable : job.spec->container.environment) {
    variables[variable.name] = variable.value;
  }
  std::string job_id = to_string(job.uuid);
  if (key.job.is_child()) {
    const std::string index = std::to_string(key.job.child);
    job_id += (job.spec->is_array() ? ":" : "#") + index;
  }
  if (key.job.is_child() && job.spec->is_array()) {
    variables["AWS_BATCH_JOB_ARRAY_INDEX"] = std::to_string(key.job.child);
    variables["AWS_BATCH_JOB_ARRAY_SIZE"] = std::to_string(job.spec->array_size);
  }
  variables["AWS_BATCH_JOB_ID"] = job_id;
  variables["AWS_BATCH_JOB_ATTEMPT"] = std::to_string(key.number);
  variables["AWS_BATCH_JQ_NAME"] = job.spec->queue;
  variables["AWS_BATCH_CE_NAME"] = job.environment_name;
  variables["AWS_EXECUTION_ENV"] = "AWS_ECS_EC2";
  variables["DRAY_ATTEMPT_TOKEN"] = hex(token.high) + hex(token.low);
  std::vector<std::string> environment;
  for (const auto& [name, value] : variables) {
    environment.push_back(name + "=" + value);
  }
  return environment;
}

}  // namespace

std::vector<std::string> job_environment(const JobToRun& job, const AttemptKey& key,
                                         const AttemptToken& token, const std::string& scratch,
                                         const std::string& user) {
  return complete({{"PATH", std::string(kSearchPath)},
                   {"HOME", scratch},
                   {"TMPDIR", scratch},
                   {"LANG", "C.UTF-8"},
                   {"USER", user},
                   {"LOGNAME", user}},
                  job, key, token);
}

std::vector<std::string> container_environment(const JobToRun& job, const AttemptKey& key,
                                               const AttemptToken& token,
                                               const std::string& scratch) {
  return complete({{"TMPDIR", scratch}}, job, key, token);
}

Result<std::string> find_program(const std::string& name, const std::string& search_path) {
  if (name.empty()) {
    return tl::unexpected<Error>(cannot_execute(name, "No such file or directory"));
  }
  if (name.find('/') != std::string::npos) {
    return name;  // The kernel will say what is wrong with it.
  }
  std::string why = "No such file or directory";
  for (std::size_t at = 0; at <= search_path.size();) {
    const std::size_t end = std::min(search_path.find(':', at), search_path.size());
    const std::string folder = search_path.substr(at, end - at);
    at = end + 1;
    const std::string path = folder + "/" + name;
    struct stat file {};
    if (folder.empty() || ::stat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) {
      continue;
    }
    if ((file.st_mode & 0111U) != 0) {
      return path;
    }
    why = "Permission denied";
  }
  return tl::unexpected<Error>(cannot_execute(name, why));
}

}  // namespace dray
