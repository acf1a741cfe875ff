#include "api/wire/definition_properties.h"

#include <gtest/gtest.h>

#include "api/wire/batch_definitions.h"
#include "tests/unit/wire/examples.h"

namespace dray::wire {
namespace {

const std::string kSizes =
    R"("resourceRequirements":[{"type":"VCPU","value":"1"},{"type":"MEMORY","value":"64"}])";

Result<JobDefinition> registered(const std::string& type, const std::string& members) {
  return decode_register_definition(R"({"jobDefinitionName":"d","type":")" + type + R"(",)" +
                                    members + "}");
}

std::string why(const std::string& type, const std::string& members) {
  const auto definition = registered(type, members);
  return definition ? "" : definition.error().reason;
}

std::string task_container(const std::string& name, const std::string& more = "") {
  return R"({"name":")" + name + R"(","image":"native",)" + kSizes + more + "}";
}

std::string task(const std::string& containers) {
  return R"("ecsProperties":{"taskProperties":[{"containers":[)" + containers + "]}]}";
}

std::string after(const std::string& name, const std::string& condition) {
  return R"(,"dependsOn":[{"containerName":")" + name + R"(","condition":")" + condition + R"("}])";
}

std::string nodes(int count, int main, const std::vector<std::string>& targets) {
  std::string ranges;
  for (const std::string& target : targets) {
    ranges += (ranges.empty() ? "" : ",");
    ranges +=
        R"({"targetNodes":")" + target + R"(","container":{"image":"native",)" + kSizes + "}}";
  }
  return R"("nodeProperties":{"numNodes":)" + std::to_string(count) + R"(,"mainNode":)" +
         std::to_string(main) + R"(,"nodeRangeProperties":[)" + ranges + "]}";
}

TEST(DefinitionProperties, AreExactlyOneKind) {
  const std::string container = R"("containerProperties":{"image":"native",)" + kSizes + "}";
  EXPECT_EQ(why("container", R"("parameters":{})"),
            "Member containerProperties, ecsProperties or eksProperties is required");
  EXPECT_EQ(why("container", container + "," + task(task_container("a"))),
            "Only one of containerProperties, ecsProperties and eksProperties can be given");
  EXPECT_EQ(why("container", container + "," + nodes(1, 0, {"0:"})),
            "nodeProperties are for job definitions of type multinode");
  EXPECT_EQ(why("multinode", R"("parameters":{})"), "Member nodeProperties is required");
  EXPECT_EQ(why("multinode", container + "," + nodes(1, 0, {"0:"})),
            "A multinode job definition has nodeProperties, not containerProperties");
}

TEST(NodeProperties, TakeEveryFormOfRange) {
  for (const std::vector<std::string>& targets : std::vector<std::vector<std::string>>{
           {"0:3"}, {":3"}, {"0:"}, {"0:1", "2:"}, {"0", "1:3"}, {"0:", "1:2"}}) {
    EXPECT_EQ(why("multinode", nodes(4, 3, targets)), "") << targets[0];
  }
  EXPECT_EQ(registered("multinode", nodes(4, 0, {"0:"}))->kind, DefinitionKind::MultiNode);
}

TEST(NodeProperties, AreRefusedByAwsRules) {
  EXPECT_EQ(why("multinode", nodes(0, 0, {"0:"})), "numNodes must be between 1 and 1000");
  EXPECT_EQ(why("multinode", nodes(1001, 0, {"0:"})), "numNodes must be between 1 and 1000");
  EXPECT_EQ(why("multinode", nodes(2, 2, {"0:"})),
            "mainNode must be a node's index, below numNodes");
  EXPECT_EQ(why("multinode", nodes(2, 0, {})),
            "nodeRangeProperties must have between 1 and 5 ranges");
  EXPECT_EQ(why("multinode", nodes(6, 0, {"0", "1", "2", "3", "4", "5"})),
            "nodeRangeProperties must have between 1 and 5 ranges");
  EXPECT_EQ(why("multinode", nodes(4, 0, {"0:1", "3:"})),
            "nodeRangeProperties must cover every node");
  for (const char* target : {"1:0", "0:4", "x", "0:1:2", "-1:2", ":"}) {
    EXPECT_EQ(why("multinode", nodes(4, 0, {target})),
              "targetNodes " + std::string(target) + " is not a range of nodes below numNodes");
  }
  EXPECT_EQ(why("multinode", R"("nodeProperties":{"numNodes":1,"mainNode":0,
                               "nodeRangeProperties":[{"targetNodes":"0:"}]})"),
            "Each node range must have exactly one of container, ecsProperties and eksProperties");
  EXPECT_EQ(why("multinode", R"("nodeProperties":{"numNodes":1,"mainNode":0,"nodeRangeProperties":[
                               {"targetNodes":"0:","container":{"image":"native"}}]})"),
            "The job definition must say how many vCPUs it needs: VCPU");
}

TEST(NodeProperties, AreShownWithEmptyLists) {
  auto definition = registered("multinode", nodes(2, 0, {"0:"}));
  ASSERT_TRUE(definition);
  const std::string text = encode_definitions(kScope, {{*definition}, ""});
  for (const char* part : {R"("type":"multinode")", R"("numNodes":2)", R"("targetNodes":"0:")",
                           R"("mountPoints":[])", R"("secrets":[])"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
  EXPECT_EQ(text.find("containerProperties"), std::string::npos);
}

TEST(EcsProperties, OfOneContainerAreThatContainer) {
  const auto definition = registered(
      "container", R"("ecsProperties":{"taskProperties":[{"volumes":[{"name":"v"}],"containers":[
        {"name":"main","image":"busybox","command":["a"],"user":"u",
         "environment":[{"name":"A","value":"1"}],
         "mountPoints":[{"sourceVolume":"v","containerPath":"/x"}],)" +
                       kSizes + "}]}]}");
  ASSERT_TRUE(definition) << definition.error().reason;
  EXPECT_EQ(definition->kind, DefinitionKind::Ecs);
  EXPECT_EQ(definition->container_name, "main");
  EXPECT_EQ(definition->container.image, "busybox");
  EXPECT_EQ(definition->container.user, "u");
  EXPECT_EQ(definition->container.request, (Resources{1000, 64, 0}));
  EXPECT_NE(definition->container.as_given.find(R"("volumes":[{"name":"v"}])"), std::string::npos);
  EXPECT_EQ(why_not_run(*definition), "");
}

TEST(EcsProperties, OfSeveralContainersAreAPod) {
  const auto definition =
      registered("container", task(task_container("a", R"(,"essential":false)") + "," +
                                   task_container("b", after("a", "SUCCESS"))));
  ASSERT_TRUE(definition) << definition.error().reason;
  EXPECT_EQ(why_not_run(*definition), "");
  ASSERT_EQ(definition->pod.size(), 2U);
  EXPECT_EQ(definition->pod[0].role, ContainerRole::Helper);
  EXPECT_EQ(definition->pod[1].depends_on,
            (std::vector<ContainerDependency>{{0, ContainerCondition::Success}}));
  EXPECT_EQ(definition->container.request, request_of(definition->pod));
  EXPECT_NE(encode_definitions(kScope, {{*definition}, ""}).find(R"("condition":"SUCCESS")"),
            std::string::npos);
}

TEST(EcsProperties, AreRefusedByAwsRules) {
  const std::string a = task_container("a");
  EXPECT_EQ(why("container", R"("ecsProperties":{"taskProperties":[]})"),
            "ecsProperties must have exactly one element in taskProperties");
  EXPECT_EQ(why("container", task("")), "taskProperties must have between 1 and 10 containers");
  EXPECT_EQ(why("container", task(a + "," + a)), "The container name a is used twice");
  EXPECT_EQ(why("container", task(a + "," + task_container(""))),
            "Each of several containers needs a name");
  EXPECT_EQ(why("container", task(a + "," + task_container("b", after("c", "START")))),
            "dependsOn names the container c, which is not in the task");
  EXPECT_EQ(why("container", task(a + "," + task_container("b", after("a", "COMPLETE")))),
            "The condition COMPLETE cannot be for the essential container a");
  EXPECT_EQ(why("container", task(a + "," + task_container("b", after("a", "LATER")))),
            "condition must be START, COMPLETE or SUCCESS");
  EXPECT_EQ(why("container", task(task_container("a", after("b", "START")) + "," +
                                  task_container("b", after("a", "START")))),
            "The dependencies of the containers have a cycle");
  EXPECT_EQ(why("container", task(task_container("a", R"(,"essential":false)"))),
            "At least one container must be essential");
}

TEST(EksProperties, AskForWholeQuantitiesAsTheyAreWritten) {
  const auto milli_vcpus = [](const std::string& cpu) {
    const auto definition = registered(
        "container",
        R"("eksProperties":{"podProperties":{"containers":[{"image":"native","resources":{"limits":)"
        R"({"cpu":")" +
            cpu + R"(","memory":"64Mi"}}}]}})");
    return definition ? definition->pod.at(0).container.request.milli_vcpus : -1;
  };
  EXPECT_EQ(milli_vcpus("1001m"), 1001);
  EXPECT_EQ(milli_vcpus("4.001"), 4001);
  EXPECT_EQ(milli_vcpus("0.0001"), 1) << "what there is of it";
}

TEST(EksProperties, AreAPodAndAreShownAsTheyWereGiven) {
  const std::string resources = R"("resources":{"limits":{"cpu":"0.5","memory":"64Mi"}})";
  const std::string given =
      R"("eksProperties":{"podProperties":{"containers":[{"args":["b"],"command":["a"],)"
      R"("image":"busybox",)" +
      resources + R"(,"securityContext":{"runAsUser":7}}],"initContainers":[{"env":[{"name":"A",)" +
      R"("value":"1"}],"image":"native","name":"i",)" + resources + R"(},{"image":"native",)" +
      R"("name":"j","resources":{"requests":{"cpu":"2","memory":"1Gi"}}}]}})";
  const auto definition = registered("container", given);
  ASSERT_TRUE(definition) << definition.error().reason;
  EXPECT_EQ(why_not_run(*definition), "");
  ASSERT_EQ(definition->pod.size(), 3U);
  EXPECT_EQ(definition->pod[0].name, "i");
  EXPECT_EQ(definition->pod[0].role, ContainerRole::Init);
  EXPECT_EQ(definition->pod[0].container.environment.size(), 1U);
  const std::vector<ContainerDependency> after_first{{0, ContainerCondition::Success}};
  const std::vector<ContainerDependency> after_second{{1, ContainerCondition::Success}};
  EXPECT_EQ(definition->pod[1].depends_on, after_first);
  const PodContainer& main = definition->pod[2];
  EXPECT_EQ(main.name, "Default");
  EXPECT_EQ(main.depends_on, after_second);
  EXPECT_EQ(main.container.command, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(main.entry_words, 1U);
  EXPECT_EQ(main.container.user, "7");
  EXPECT_EQ(main.container.request, (Resources{500, 64, 0}));
  EXPECT_EQ(definition->container.request, (Resources{2000, 1024, 0}));
  const std::string text = encode_definitions(kScope, {{*definition}, ""});
  EXPECT_NE(text.find(R"("containerOrchestrationType":"EKS")"), std::string::npos);
  EXPECT_NE(text.find(given), std::string::npos) << text;
  EXPECT_EQ(why("container", R"("eksProperties":{"podProperties":{"containers":[{"image":"x"}]}})"),
            "Each container of a pod must say how much cpu and memory it needs");
  EXPECT_EQ(why("container", R"("eksProperties":{"podProperties":{"containers":[]}})"),
            "podProperties must have between 1 and 10 containers");
}

TEST(Consumables, AreAtMostFiveNamedOnce) {
  const auto with = [](const std::string& list) {
    return R"("containerProperties":{"image":"native",)" + kSizes +
           R"(},"consumableResourceProperties":{"consumableResourceList":[)" + list + "]}";
  };
  std::string six;
  for (char name = 'a'; name <= 'f'; ++name) {
    six += std::string(six.empty() ? "" : ",") + R"({"consumableResource":")" + name +
           R"(","quantity":1})";
  }
  EXPECT_EQ(why("container", with(six)), "A job can use at most 5 consumable resources");
  const std::string one = R"({"consumableResource":"a","quantity":1})";
  EXPECT_EQ(why("container", with(one)), "");
  EXPECT_EQ(why("container", with(one + "," + one)), "The consumable resource a is named twice");
  EXPECT_EQ(why("container", with(R"({"consumableResource":"a","quantity":0})")),
            "quantity must be between 1 and 1000000000000");
}

}  // namespace
}  // namespace dray::wire
