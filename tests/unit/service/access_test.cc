#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/auth/sealing.h"
#include "scheduler/service/audit_log.h"
#include "scheduler/service/service.h"
#include "tests/support/temporary_folder.h"

namespace dray {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class ServiceWithKeys : public ::testing::Test {
 protected:
  ServiceWithKeys() { open(); }
  void open() {
    service.reset();
    const auto opened = try_open();
    ASSERT_EQ(opened, "");
    service->start();
  }
  std::string try_open() {
    ServiceSettings settings;
    settings.data_dir = data();
    settings.agents_port = 0;
    auto opened = Service::open(settings);
    if (!opened) {
      return opened.error().reason;
    }
    service = std::move(*opened);
    return "";
  }
  [[nodiscard]] fs::path data() const { return folder.path() / "data"; }
  api::Backend& backend() { return service->backend(); }
  void set_up_queue() {
    ComputeEnvironment environment;
    environment.name = "default";
    ASSERT_TRUE(backend().create_environment(environment));
    JobQueue queue;
    queue.name = "q";
    queue.environments = {"default"};
    ASSERT_TRUE(backend().create_queue(queue));
    JobDefinition definition;
    definition.name = "d";
    definition.container.image = "native";
    definition.container.command = {"true"};
    definition.container.request = {1000, 64, 0};
    ASSERT_TRUE(backend().register_definition(definition));
  }
  Result<api::SubmittedJob> submit(std::uint64_t invocation, std::uint64_t body) {
    Submission submission;
    submission.name = "j";
    submission.queue = "q";
    submission.definition = "d";
    submission.invocation = Invocation{{0, invocation}, {0, body}};
    return backend().submit(submission);
  }

  TemporaryFolder folder;
  std::unique_ptr<Service> service;
};

TEST_F(ServiceWithKeys, MakesTheAdminKeyOnceAndWritesItForAwsTools) {
  const auto keys = backend().access_keys();
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 1U);
  EXPECT_EQ(keys->front().role, Role::Admin);
  const std::string written = text_of(service->credentials_file());
  EXPECT_NE(written.find("[default]\naws_access_key_id = " + keys->front().id), std::string::npos);
  const std::string secret = backend().keys()->begin()->second->secret;
  EXPECT_NE(written.find("aws_secret_access_key = " + secret + "\n"), std::string::npos);
  for (const fs::path& file : {service->credentials_file(), data() / "master.key"}) {
    struct stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << file;
  }
  open();
  EXPECT_EQ(backend().access_keys()->size(), 1U);
  EXPECT_EQ(backend().keys()->begin()->second->secret, secret);
}

TEST_F(ServiceWithKeys, KeepsNoSecretInTheDatabase) {
  const auto created = backend().create_access_key("ann", Role::Submitter, "lab-*");
  ASSERT_TRUE(created);
  const std::string secret = created->secret;
  service.reset();
  for (const auto& file : fs::recursive_directory_iterator(data())) {
    if (file.is_regular_file() && file.path().filename() != "reserve") {
      EXPECT_EQ(text_of(file.path()).find(secret), std::string::npos) << file.path();
    }
  }
}

TEST_F(ServiceWithKeys, LetsADisabledKeySignNothingMoreAtOnce) {
  const auto created = backend().create_access_key("ann", Role::Submitter, "lab-*");
  ASSERT_TRUE(created);
  const std::string id = created->key.id;
  ASSERT_TRUE(backend().keys()->contains(id));
  EXPECT_EQ(backend().keys()->at(id)->caller.queues, "lab-*");
  ASSERT_TRUE(backend().switch_access_key(id, false));
  EXPECT_FALSE(backend().keys()->contains(id));
  ASSERT_TRUE(backend().switch_access_key(id, true));
  EXPECT_TRUE(backend().keys()->contains(id));
  ASSERT_TRUE(backend().delete_access_key(id));
  EXPECT_FALSE(backend().keys()->contains(id));
  open();
  EXPECT_EQ(backend().access_keys()->size(), 1U);
}

TEST_F(ServiceWithKeys, DoesNotStartWithoutTheMasterKey) {
  service.reset();
  fs::remove(data() / "master.key");
  EXPECT_NE(try_open().find("is missing, without which no access key can be read"),
            std::string::npos);
}

TEST_F(ServiceWithKeys, DoesNotStartWithAMasterKeyThatOthersMayRead) {
  service.reset();
  ::chmod((data() / "master.key").c_str(), 0640);
  EXPECT_NE(try_open().find("may be read by others"), std::string::npos);
}

TEST_F(ServiceWithKeys, TakesARepeatedSubmitOnceAlsoAfterARestart) {
  set_up_queue();
  const auto first = submit(1, 1);
  ASSERT_TRUE(first) << first.error().reason;
  EXPECT_EQ(submit(1, 1)->uuid, first->uuid);
  open();
  EXPECT_EQ(submit(1, 1)->uuid, first->uuid);
  const auto other = submit(1, 2);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::Conflict);
  EXPECT_NE(submit(2, 1)->uuid, first->uuid);
}

TEST_F(ServiceWithKeys, TakesAHundredAtOnceAsOne) {
  set_up_queue();
  std::vector<std::string> seen(100);
  std::vector<std::thread> clients;
  for (std::string& uuid : seen) {
    clients.emplace_back([this, &uuid] { uuid = to_string(submit(5, 1)->uuid); });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 1U);
  EXPECT_EQ(backend().search({}, {100, ""})->items.size(), 1U);
}

TEST(Sealing, OpensOnlyForTheSameNameAndKey) {
  auth::Digest master{};
  master[3] = 9;
  const std::string sealed = auth::seal(master, "KEY", "secret", "123456789012");
  EXPECT_EQ(auth::unseal(master, "KEY", sealed), "secret");
  EXPECT_FALSE(auth::unseal(master, "KEX", sealed));
  auth::Digest other = master;
  other[0] ^= 1U;
  EXPECT_FALSE(auth::unseal(other, "KEY", sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(auth::unseal(master, "KEY", changed)) << i;
  }
  EXPECT_FALSE(auth::unseal(master, "KEY", "short"));
}

TEST(AuditLog, KeepsTheNewestAcrossItsFiles) {
  TemporaryFolder folder;
  AuditLog log(folder.path(), {.file_bytes_max = 50, .files_max = 3});
  for (int i = 0; i < 40; ++i) {
    log.append("line " + std::to_string(i));
  }
  const auto newest = log.newest(3);
  EXPECT_EQ(newest, (std::vector<std::string>{"line 37", "line 38", "line 39"}));
  EXPECT_TRUE(fs::exists(folder.path() / "audit.log.2"));
  EXPECT_FALSE(fs::exists(folder.path() / "audit.log.3"));
}

}  // namespace
}  // namespace dray
