#include "api/wire/eks_properties.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include "api/wire/container_options.h"
#include "api/wire/json_writer.h"

namespace dray::wire {
namespace {

constexpr std::size_t kEksContainersMax = 10;

/// A quantity of Kubernetes, in units of `one`; nothing when it is none. "0.5", "500m", "64Mi".
std::optional<std::int64_t> parse_quantity(std::string_view text, double one) {
  struct Suffix {
    std::string_view name;
    double factor;
  };
  static constexpr Suffix kSuffixes[] = {
      {"", 1},     {"m", 1e-3},  {"k", 1e3},      {"M", 1e6},         {"G", 1e9},
      {"T", 1e12}, {"Ki", 1024}, {"Mi", 1048576}, {"Gi", 1073741824}, {"Ti", 1099511627776}};
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Suffix& suffix : kSuffixes) {
    // A little less, or what is whole is rounded up for the error of the division.
    const double exact = number * suffix.factor / one;
    const double amount = exact > 0 ? std::max(1.0, std::ceil(exact - 1e-6)) : exact;
    if (error == std::errc() && suffix.name == rest && amount >= 0 && amount < 1e15) {
      return static_cast<std::int64_t>(amount);
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> read_quantity(const JsonObject& resources, const std::string& name,
                                          double one) {
  for (const char* kind : {"limits", "requests"}) {
    const auto amounts = resources.text_map(kind);
    const auto found = amounts.find(name);
    if (found == amounts.end()) {
      continue;
    }
    const std::optional<std::int64_t> amount = parse_quantity(found->second, one);
    if (!amount || *amount == 0) {
      resources.refuse_it("The " + std::string(kind) + " of " + name + " cannot be " +
                          found->second);
    }
    return amount;
  }
  return std::nullopt;
}

/// The members that say something to a container engine, in the form of containerProperties.
std::string options_as_given(const JsonObject& pod, const JsonObject& container) {
  JsonWriter out;
  out.begin_object().name("volumes").begin_list();
  for (const JsonObject& volume : pod.objects("volumes")) {
    out.begin_object().text("name", volume.text("name"));
    if (const auto host = volume.object("hostPath")) {
      out.name("host").begin_object().text("sourcePath", host->text("path")).end_object();
    }
    out.end_object();
  }
  out.end_list().name("mountPoints").begin_list();
  for (const JsonObject& mount : container.objects("volumeMounts")) {
    out.begin_object();
    out.text("sourceVolume", mount.text("name")).text("containerPath", mount.text("mountPath"));
    out.flag("readOnly", mount.flag("readOnly").value_or(false)).end_object();
  }
  out.end_list();
  if (const auto security = container.object("securityContext")) {
    out.flag("privileged", security->flag("privileged").value_or(false));
    out.flag("readonlyRootFilesystem", security->flag("readOnlyRootFilesystem").value_or(false));
  }
  return out.end_object().take();
}

std::vector<EnvironmentVariable> read_eks_variables(const JsonObject& container) {
  std::vector<EnvironmentVariable> variables;
  for (const JsonObject& given : container.objects("env")) {
    variables.push_back({given.required_text("name"), given.text("value")});
  }
  return variables;
}

PodContainer read_eks_container(const JsonObject& pod, const JsonObject& given,
                                ContainerRole role) {
  PodContainer one;
  one.name = given.text("name").empty() ? std::string(kEksDefaultName) : given.text("name");
  one.role = role;
  ContainerSpec& container = one.container;
  container.image = given.text("image");
  if (container.image.empty()) {
    given.refuse_it("Each container of a pod needs an image");
  }
  container.command = given.texts("command");
  one.entry_words = static_cast<std::uint32_t>(container.command.size());
  const std::vector<std::string> arguments = given.texts("args");
  container.command.insert(container.command.end(), arguments.begin(), arguments.end());
  container.environment = read_eks_variables(given);
  const EksResources resources = read_eks_resources(given);
  if (!resources.milli_vcpus || !resources.memory_mib) {
    given.refuse_it("Each container of a pod must say how much cpu and memory it needs");
  }
  container.request = {resources.milli_vcpus.value_or(0), resources.memory_mib.value_or(0),
                       resources.gpus.value_or(0)};
  if (const auto security = given.object("securityContext")) {
    const auto user = security->long_integer("runAsUser");
    container.user = user ? std::to_string(*user) : "";
  }
  container.as_given = options_as_given(pod, given);
  if (const auto options = decode_container_options(container.as_given); !options) {
    given.refuse_it(options.error().reason);
  }
  return one;
}

/// initContainers wait for the one before them, containers for the last of those.
void order_containers(Pod& containers) {
  std::optional<std::uint32_t> last;
  for (std::uint32_t at = 0; at < containers.size(); ++at) {
    if (last) {
      containers[at].depends_on = {{*last, ContainerCondition::Success}};
    }
    if (containers[at].role == ContainerRole::Init) {
      last = at;
    }
  }
}

}  // namespace

EksResources read_eks_resources(const JsonObject& container) {
  EksResources asked;
  if (const auto resources = container.object("resources")) {
    constexpr double kThousandth = 1e-3;
    constexpr double kMib = 1048576;
    asked.milli_vcpus = read_quantity(*resources, "cpu", kThousandth);
    asked.memory_mib = read_quantity(*resources, "memory", kMib);
    asked.gpus = read_quantity(*resources, "nvidia.com/gpu", 1);
  }
  return asked;
}

Pod read_eks_properties(const JsonObject& properties) {
  const auto pod = properties.object("podProperties");
  if (!pod) {
    properties.refuse_it("eksProperties must have podProperties");
    return {};
  }
  const std::vector<JsonObject> inits = pod->objects("initContainers");
  const std::vector<JsonObject> members = pod->objects("containers");
  if (members.empty() || members.size() > kEksContainersMax) {
    pod->refuse_it("podProperties must have between 1 and 10 containers");
  }
  if (inits.size() > kEksContainersMax) {
    pod->refuse_it("podProperties must have at most 10 initContainers");
    return {};
  }
  Pod containers;
  for (const auto& [list, role] :
       {std::pair(&inits, ContainerRole::Init), std::pair(&members, ContainerRole::Member)}) {
    for (const JsonObject& given : *list) {
      PodContainer one = read_eks_container(*pod, given, role);
      if (std::any_of(containers.begin(), containers.end(),
                      [&one](const PodContainer& old) { return old.name == one.name; })) {
        given.refuse_it("The container name " + one.name + " is used twice");
      }
      containers.push_back(std::move(one));
    }
  }
  order_containers(containers);
  return containers;
}

}  // namespace dray::wire
