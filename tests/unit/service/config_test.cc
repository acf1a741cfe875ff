#include "scheduler/config.h"

#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>
#include <unistd.h>

namespace dray {
namespace {

std::string refusal(std::string_view name, const std::string& text) {
  Config config;
  const auto set = set_option(config, name, text);
  return set ? "" : set.error().reason;
}

TEST(Config, KeepsFinishedJobsAsLongAsItIsTold) {
  Config config;
  EXPECT_EQ(config.keep_finished, std::chrono::hours(90 * 24));
  const std::map<std::string, std::int64_t> times{
      {"30d", 30 * 86400}, {"36h", 36 * 3600}, {"5m", 300}, {"2s", 2}, {"forever", 0}};
  for (const auto& [text, seconds] : times) {
    ASSERT_TRUE(set_option(config, "keep-finished", text)) << text;
    EXPECT_EQ(config.keep_finished.count(), seconds) << text;
  }
  for (const char* text : {"", "0s", "7", "d", "-1d", "1w", "soon", "99999999999999d", "1.5h"}) {
    EXPECT_FALSE(set_option(config, "keep-finished", text)) << text;
  }
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
                                                        {"http-body-max", "2097152"},
                                                        {"address-rate", "0"},
                                                        {"key-rate", "50"},
                                                        {"insecure-plain-http", "false"},
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

TEST(Config, KeepsAgentsOnLoopback) {
  for (const char* address : {"0.0.0.0:1", "192.168.1.4:1", "[::]:1", "example.org:1", ":1"}) {
    EXPECT_NE(refusal("agents", address).find("loopback"), std::string::npos) << address;
  }
}

TEST(Config, ListensBeyondLoopbackOnlyWithTlsOrTheOperatorsWord) {
  Config config;
  config.data_dir = "/d";
  ASSERT_TRUE(set_option(config, "http", "0.0.0.0:8470"));
  const auto plain = check_config(config);
  ASSERT_FALSE(plain);
  EXPECT_NE(plain.error().reason.find("--tls-cert"), std::string::npos);
  EXPECT_NE(plain.error().reason.find("--insecure-plain-http"), std::string::npos);
  Config insecure = config;
  ASSERT_TRUE(set_option(insecure, "insecure-plain-http", "true"));
  EXPECT_TRUE(check_config(insecure));
  ASSERT_TRUE(set_option(config, "tls-cert", "c.pem"));
  EXPECT_NE(check_config(config).error().reason.find("belong together"), std::string::npos);
  ASSERT_TRUE(set_option(config, "tls-key", "k.pem"));
  EXPECT_TRUE(check_config(config));
}

TEST(Config, RefusesValuesThatCannotBe) {
  for (const auto& [name, text] :
       std::vector<std::pair<std::string, std::string>>{{"http", "127.0.0.1"},
                                                        {"http", "127.0.0.1:70000"},
                                                        {"lease", "0"},
                                                        {"lease", "x"},
                                                        {"account", "12"},
                                                        {"compat", "loose"},
                                                        {"insecure-plain-http", "yes"},
                                                        {"http-body-max", "1"},
                                                        {"http-body-max", "1e6"},
                                                        {"address-rate", "-1"},
                                                        {"key-rate", "many"},
                                                        {"log-level", "loud"}}) {
    EXPECT_NE(refusal(name, text), "") << name << " " << text;
  }
  EXPECT_NE(refusal("colour", "red").find("'colour'"), std::string::npos);
  EXPECT_FALSE(check_config(Config{}));
}

TEST(Config, ReadsAFileAndNamesWhatIsWrongInIt) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("dray-config." + std::to_string(::getpid()) + ".toml");
  std::ofstream(path) << "lease = 7\nhttp = \"127.0.0.1:1\"\ninsecure-plain-http = true\n";
  const auto options = read_config_file(path);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->size(), 3U);
  EXPECT_EQ(std::map(options->begin(), options->end()).at("insecure-plain-http"), "true");
  std::ofstream(path) << "lease = [1]\n";
  EXPECT_NE(read_config_file(path).error().reason.find("'lease'"), std::string::npos);
  std::ofstream(path) << "lease = \n";
  EXPECT_NE(read_config_file(path).error().reason.find("line 1"), std::string::npos);
  std::filesystem::remove(path);
  EXPECT_FALSE(read_config_file(path));
}

}  // namespace
}  // namespace dray
