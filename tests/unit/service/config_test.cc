#include "scheduler/config.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace dray {
namespace {

std::string refusal(std::string_view name, const std::string& text) {
  Config config;
  const auto set = set_option(config, name, text);
  return set ? "" : set.error().reason;
}

TEST(Config, TakesEveryOption) {
  Config config;
  for (const auto& [name, text] :
       std::vector<std::pair<std::string, std::string>>{{"data-dir", "/d"},
                                                        {"http", "[::1]:0"},
                                                        {"agents", "localhost:5"},
                                                        {"lease", "2"},
                                                        {"renew-every", "100"},
                                                        {"silent-after", "1"},
                                                        {"region", "eu-west-1"},
                                                        {"account", "123456789012"},
                                                        {"compat", "strict"},
                                                        {"http-host-name", "dray.lan,d"},
                                                        {"web-dir", "web"},
                                                        {"log-level", "debug"}}) {
    EXPECT_TRUE(set_option(config, name, text)) << name;
  }
  EXPECT_EQ(config.http.host, "::1");
  EXPECT_EQ(config.http.port, 0);
  EXPECT_EQ(config.agents.host, "127.0.0.1");
  EXPECT_EQ(config.lease, std::chrono::seconds(2));
  EXPECT_TRUE(config.is_strict);
  EXPECT_EQ(config.http_host_names, (std::vector<std::string>{"dray.lan", "d"}));
  EXPECT_TRUE(check_config(config));
}

TEST(Config, RefusesHostNamesThatAreNone) {
  for (const char* text : {"a:80", "http://a", "*", "a,,b", "a b"}) {
    EXPECT_NE(refusal("http-host-name", text).find("--http-host-name wants"), std::string::npos)
        << text;
  }
}

TEST(Config, RefusesWhatIsNotLoopback) {
  for (const char* address : {"0.0.0.0:1", "192.168.1.4:1", "[::]:1", "example.org:1", ":1"}) {
    EXPECT_NE(refusal("http", address).find("loopback"), std::string::npos) << address;
    EXPECT_NE(refusal("agents", address).find("loopback"), std::string::npos) << address;
  }
}

TEST(Config, RefusesValuesThatCannotBe) {
  for (const auto& [name, text] :
       std::vector<std::pair<std::string, std::string>>{{"http", "127.0.0.1"},
                                                        {"http", "127.0.0.1:70000"},
                                                        {"lease", "0"},
                                                        {"lease", "x"},
                                                        {"account", "12"},
                                                        {"compat", "loose"},
                                                        {"log-level", "loud"}}) {
    EXPECT_NE(refusal(name, text), "") << name << " " << text;
  }
  EXPECT_NE(refusal("colour", "red").find("'colour'"), std::string::npos);
  EXPECT_FALSE(check_config(Config{}));
}

TEST(Config, ReadsAFileAndNamesWhatIsWrongInIt) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("dray-config." + std::to_string(::getpid()) + ".toml");
  std::ofstream(path) << "lease = 7\nhttp = \"127.0.0.1:1\"\n";
  const auto options = read_config_file(path);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->size(), 2U);
  std::ofstream(path) << "lease = [1]\n";
  EXPECT_NE(read_config_file(path).error().reason.find("'lease'"), std::string::npos);
  std::ofstream(path) << "lease = \n";
  EXPECT_NE(read_config_file(path).error().reason.find("line 1"), std::string::npos);
  std::filesystem::remove(path);
  EXPECT_FALSE(read_config_file(path));
}

}  // namespace
}  // namespace dray
