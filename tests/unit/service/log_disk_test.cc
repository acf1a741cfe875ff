#include <atomic>
#include <cerrno>

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "model/log_record.h"
#include "scheduler/service/service.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/service/frame_peer.h"

namespace {
std::atomic<bool> does_disk_fail = false;
}  // namespace

/// The system's own, until the disk fails once: as a kernel does that has dropped the page, the
/// next call says yes.
extern "C" int fdatasync(int file) {
  if (does_disk_fail.exchange(false)) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

namespace dray {
namespace {

/// Ships one record and hears what is said of it.
void ship_on_a_failing_disk() {
  TemporaryFolder folder;
  ServiceSettings settings;
  settings.data_dir = folder.path() / "data";
  settings.agents_port = 0;
  auto service = std::move(*Service::open(settings));
  service->start();
  ComputeEnvironment environment;
  environment.name = "default";
  JobQueue queue;
  queue.name = "q";
  queue.environments = {"default"};
  JobDefinition definition;
  definition.name = "d";
  definition.container.request = {1000, 64, 0};
  Submission submission;
  submission.name = "j";
  submission.queue = "q";
  submission.definition = "d";
  const bool is_set = service->backend().create_environment(environment) &&
                      service->backend().create_queue(queue) &&
                      service->backend().register_definition(definition) &&
                      service->backend().submit(submission);
  ASSERT_TRUE(is_set);
  FramePeer agent(service->agents_port());
  agent.say(AgentMessage(Hello{1, "a", "default", {4000, 4096, 0}, "boot", 1, 1, {}, {}}));
  const StartAttempt start = agent.expect<StartAttempts>().starts.at(0);
  std::string records;
  append_log_record(records, {LogStream::Output, {5}, "hello\n"});
  does_disk_fail = true;
  FramePeer logs(service->agents_port());
  logs.say(LogMessage(LogHello{"a", "boot", 1}));
  logs.say(LogMessage(LogBytes{start.key, start.token, 0, records, true}));
  logs.hear();
}

TEST(LogDiskDeathTest, ASyncThatFailedEndsTheSchedulerBeforeAnythingIsCalledStored) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(ship_on_a_failing_disk(), testing::ExitedWithCode(70), "the logs' disk failed");
}

}  // namespace
}  // namespace dray
