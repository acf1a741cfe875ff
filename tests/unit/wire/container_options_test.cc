#include "api/wire/container_options.h"

#include <gtest/gtest.h>

#include "api/wire/batch_definitions.h"

namespace dray::wire {
namespace {

TEST(ContainerOptions, ReadWhatAnEngineNeeds) {
  const auto options = decode_container_options(
      R"({"volumes":[{"name":"a","host":{"sourcePath":"/data"}},{"name":"b"}],
          "mountPoints":[{"sourceVolume":"a","containerPath":"/in","readOnly":true}],
          "ulimits":[{"name":"nofile","softLimit":1,"hardLimit":2}],
          "readonlyRootFilesystem":true,"privileged":true,
          "linuxParameters":{"initProcessEnabled":true,"sharedMemorySize":64,
            "devices":[{"hostPath":"/dev/x"}],
            "tmpfs":[{"containerPath":"/t","size":5,"mountOptions":["ro"]}]}})");
  ASSERT_TRUE(options);
  EXPECT_EQ(*options, (ContainerOptions{.volumes = {{"a", "/data"}, {"b", ""}},
                                        .mount_points = {{"a", "/in", true}},
                                        .ulimits = {{"nofile", 1, 2}},
                                        .is_root_read_only = true,
                                        .is_privileged = true,
                                        .has_init = true,
                                        .shared_memory_mib = 64,
                                        .tmpfs = {{"/t", 5, {"ro"}}},
                                        .has_devices = true}));
  EXPECT_EQ(*decode_container_options(""), ContainerOptions{});
}

TEST(ContainerOptions, AreRefusedAtRegistration) {
  for (const std::string members :
       {R"("volumes":[{"name":"a"},{"name":"a"}])", R"("volumes":[{}])",
        R"("mountPoints":[{"sourceVolume":"a","containerPath":"/x"}])",
        R"("volumes":[{"name":"a"}],"mountPoints":[{"sourceVolume":"a","containerPath":"x"}])",
        R"("ulimits":[{"name":"nofile","softLimit":3,"hardLimit":2}])",
        R"("ulimits":[{"name":"--x","softLimit":1,"hardLimit":2}])",
        R"("linuxParameters":{"tmpfs":[{"containerPath":"t","size":1}]})"}) {
    EXPECT_FALSE(decode_register_definition(
        R"({"jobDefinitionName":"d","type":"container","containerProperties":{"image":"b","vcpus":1,)"
        R"("memory":64,)" +
        members + "}}"))
        << members;
  }
}

}  // namespace
}  // namespace dray::wire
