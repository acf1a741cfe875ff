#include "api/wire/ecs_properties.h"

#include <algorithm>
#include <vector>

#include "api/wire/container_options.h"
#include "api/wire/container_properties.h"

namespace dray::wire {
namespace {

constexpr std::size_t kTaskContainersMax = 10;

/// A container as its siblings see it.
struct TaskContainer {
  std::string name;
  bool is_essential = true;
  std::vector<std::string> waits_for;
};

const TaskContainer* find_task_container(const std::vector<TaskContainer>& containers,
                                         std::string_view name) {
  const auto found =
      std::find_if(containers.begin(), containers.end(),
                   [&](const TaskContainer& container) { return container.name == name; });
  return found == containers.end() ? nullptr : &*found;
}

/// Takes away, again and again, what waits for nothing that is left.
bool has_cycle(std::vector<TaskContainer> left) {
  while (true) {
    const auto ready = std::find_if(left.begin(), left.end(), [&](const TaskContainer& container) {
      return std::none_of(
          container.waits_for.begin(), container.waits_for.end(),
          [&](const std::string& name) { return find_task_container(left, name) != nullptr; });
    });
    if (ready == left.end()) {
      return !left.empty();
    }
    left.erase(ready);
  }
}

void check_task_dependencies(const JsonObject& given,
                             const std::vector<TaskContainer>& containers) {
  for (const JsonObject& dependency : given.objects("dependsOn")) {
    const std::string name = dependency.required_text("containerName");
    const std::string condition = dependency.required_text("condition");
    const TaskContainer* needed = find_task_container(containers, name);
    if (needed == nullptr) {
      dependency.refuse_it("dependsOn names the container " + name + ", which is not in the task");
    } else if (condition != "START" && condition != "COMPLETE" && condition != "SUCCESS") {
      dependency.refuse_it("condition must be START, COMPLETE or SUCCESS");
    } else if (condition != "START" && needed->is_essential) {
      dependency.refuse_it("The condition " + condition +
                           " cannot be for the essential container " + name);
    }
  }
}

TaskContainer read_task_container(const JsonObject& given) {
  TaskContainer container{given.text("name"), given.flag("essential").value_or(true), {}};
  for (const JsonObject& dependency : given.objects("dependsOn")) {
    container.waits_for.push_back(dependency.text("containerName"));
  }
  for (const char* timeout : {"startTimeout", "stopTimeout"}) {
    if (given.integer(timeout).value_or(2) < 2) {
      given.refuse_it(std::string(timeout) + " must be at least 2");
    }
  }
  return container;
}

void check_task(const JsonObject& task, const std::vector<JsonObject>& given) {
  std::vector<TaskContainer> containers;
  for (const JsonObject& one : given) {
    TaskContainer container = read_task_container(one);
    if (container.name.empty() && given.size() > 1) {
      one.refuse_it("Each of several containers needs a name");
    }
    if (!container.name.empty() && find_task_container(containers, container.name) != nullptr) {
      one.refuse_it("The container name " + container.name + " is used twice");
    }
    containers.push_back(std::move(container));
  }
  for (const JsonObject& one : given) {
    check_task_dependencies(one, containers);
  }
  if (has_cycle(containers)) {
    task.refuse_it("The dependencies of the containers have a cycle");
  }
  if (std::none_of(containers.begin(), containers.end(),
                   [](const TaskContainer& container) { return container.is_essential; })) {
    task.refuse_it("At least one container must be essential");
  }
}

/// The container's own members and the task's volumes: the form of containerProperties.
std::string task_container_as_given(const JsonObject& task, const JsonObject& container) {
  return merge_objects(container.json_only({"image", "command", "environment", "linuxParameters",
                                            "logConfiguration", "mountPoints", "privileged",
                                            "readonlyRootFilesystem", "repositoryCredentials",
                                            "resourceRequirements", "secrets", "ulimits", "user"}),
                       task.json_only({"volumes"}));
}

PodContainer read_pod_container(const JsonObject& task, const JsonObject& given) {
  PodContainer one;
  one.name = given.text("name");
  one.container = read_container_basics(given);
  one.container.as_given = task_container_as_given(task, given);
  if (const auto options = decode_container_options(one.container.as_given); !options) {
    given.refuse_it(options.error().reason);
  }
  one.role =
      given.flag("essential").value_or(true) ? ContainerRole::Essential : ContainerRole::Helper;
  if (const auto seconds = given.integer("startTimeout")) {
    one.start_timeout = std::chrono::seconds(*seconds);
  }
  if (const auto seconds = given.integer("stopTimeout")) {
    one.stop_timeout = std::chrono::seconds(*seconds);
  }
  return one;
}

/// What check_task found to be good; else it is refused already.
std::vector<ContainerDependency> read_task_dependencies(const JsonObject& given,
                                                        const Pod& containers) {
  std::vector<ContainerDependency> dependencies;
  for (const JsonObject& dependency : given.objects("dependsOn")) {
    const std::string condition = dependency.text("condition");
    for (std::uint32_t at = 0; at < containers.size(); ++at) {
      if (containers[at].name == dependency.text("containerName")) {
        dependencies.push_back({at, condition == "START"      ? ContainerCondition::Start
                                    : condition == "COMPLETE" ? ContainerCondition::Complete
                                                              : ContainerCondition::Success});
      }
    }
  }
  return dependencies;
}

}  // namespace

Pod read_ecs_properties(const JsonObject& properties) {
  const std::vector<JsonObject> tasks = properties.objects("taskProperties");
  if (tasks.size() != 1) {
    properties.refuse_it("ecsProperties must have exactly one element in taskProperties");
    return {};
  }
  const std::vector<JsonObject> given = tasks[0].objects("containers");
  if (given.empty() || given.size() > kTaskContainersMax) {
    tasks[0].refuse_it("taskProperties must have between 1 and 10 containers");
    return {};
  }
  check_task(tasks[0], given);
  Pod containers;
  for (const JsonObject& one : given) {
    containers.push_back(read_pod_container(tasks[0], one));
  }
  for (std::size_t at = 0; at < given.size(); ++at) {
    containers[at].depends_on = read_task_dependencies(given[at], containers);
  }
  return containers;
}

}  // namespace dray::wire
