#include "cli/credentials.h"

#include <gtest/gtest.h>

namespace dray::cli {
namespace {

constexpr std::string_view kFile =
    "# a comment\n[other]\naws_access_key_id=O\naws_secret_access_key = os\n\n"
    "[default]\r\naws_access_key_id = D\r\n  aws_secret_access_key=a=b/c+\r\nregion = eu-west-1\n"
    "[half]\naws_access_key_id = H\n";

TEST(Credentials, AreReadAsAwsWritesThem) {
  const auth::Credentials found = read_profile(kFile, "default");
  EXPECT_EQ(found.key_id, "D");
  EXPECT_EQ(found.secret, "a=b/c+");
  EXPECT_EQ(found.region, "eu-west-1");
  EXPECT_EQ(read_profile(kFile, "other").secret, "os");
}

TEST(Credentials, AreEmptyWhenThereAreNone) {
  for (const char* profile : {"half", "none", ""}) {
    EXPECT_TRUE(read_profile(kFile, profile).is_empty()) << profile;
  }
  EXPECT_TRUE(read_profile("", "default").is_empty());
  EXPECT_TRUE(read_profile("[default\naws_access_key_id", "default").is_empty());
}

}  // namespace
}  // namespace dray::cli
