#include <gtest/gtest.h>

#include "api/wire/client_requests.h"

namespace dray::wire {
namespace {

TEST(ClientRequests, ASubmissionHasOnlyWhatWasGiven) {
  EXPECT_EQ(encode_submit({.name = "n", .queue = "q", .definition = "d"}),
            R"({"jobName":"n","jobQueue":"q","jobDefinition":"d"})");
}

TEST(ClientRequests, ASubmissionWithEverything) {
  const SubmitAsk ask{.name = "n",
                      .queue = "q",
                      .definition = "d:3",
                      .array_size = 10,
                      .depends_on = {{"id", "N_TO_N"}, {"", "SEQUENTIAL"}},
                      .parameters = {{"p", "v"}},
                      .command = {"echo", "", "a b"},
                      .environment = {{"E", ""}},
                      .vcpus = "0.5",
                      .memory = "512",
                      .gpus = "1",
                      .attempts = 3,
                      .timeout_s = 90,
                      .share = "a",
                      .scheduling_priority = 0};
  EXPECT_EQ(encode_submit(ask),
            R"({"jobName":"n","jobQueue":"q","jobDefinition":"d:3","arrayProperties":{"size":10},)"
            R"("dependsOn":[{"jobId":"id","type":"N_TO_N"},{"type":"SEQUENTIAL"}],)"
            R"("parameters":{"p":"v"},"containerOverrides":{"command":["echo","","a b"],)"
            R"("environment":[{"name":"E","value":""}],"resourceRequirements":[)"
            R"({"type":"VCPU","value":"0.5"},{"type":"MEMORY","value":"512"},)"
            R"({"type":"GPU","value":"1"}]},"retryStrategy":{"attempts":3},)"
            R"("shareIdentifier":"a","schedulingPriorityOverride":0,)"
            R"("timeout":{"attemptDurationSeconds":90}})");
}

TEST(ClientRequests, BytesThatAreNotUtf8AreReplacedAndNotThrownOver) {
  EXPECT_NO_THROW(
      encode_submit({.name = "n", .queue = "q", .definition = "d", .command = {"\xff"}}));
}

TEST(ClientRequests, ListsAskForOneStateOrForAll) {
  EXPECT_EQ(encode_list({.queue = "q", .state = JobState::Failed}),
            R"({"jobQueue":"q","jobStatus":"FAILED","maxResults":100})");
  EXPECT_EQ(
      encode_list({.queue = "q", .all_states = true, .next_token = "t"}),
      R"({"jobQueue":"q","filters":[{"name":"AFTER_CREATED_AT","values":["1"]}],"maxResults":100,"nextToken":"t"})");
  EXPECT_EQ(encode_list({.queue = "q", .name_filter = "a*", .all_states = true}),
            R"({"jobQueue":"q","filters":[{"name":"JOB_NAME","values":["a*"]}],"maxResults":100})");
}

}  // namespace
}  // namespace dray::wire
