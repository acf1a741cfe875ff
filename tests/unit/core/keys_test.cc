#include <gtest/gtest.h>

#include "tests/support/desk.h"

/// Access keys, and submits that come twice.
namespace dray {
namespace {

std::string key_refusal(const Reply& reply) {
  const auto* error = std::get_if<Error>(&reply);
  return error == nullptr ? "" : error->reason;
}

AccessKey a_key(const std::string& id, const std::string& user, Role role = Role::Admin) {
  AccessKey key;
  key.id = id;
  key.user = user;
  key.role = role;
  return key;
}

TEST(AccessKeys, AreAtMostTwoActiveOnesAUser) {
  Desk desk;
  EXPECT_EQ(key_refusal(desk.take(AccessKeyCreated{a_key("A", "ann")})), "");
  EXPECT_EQ(key_refusal(desk.take(AccessKeyCreated{a_key("B", "ann")})), "");
  const std::string third = "The user ann has two active access keys: disable or delete one first";
  EXPECT_EQ(key_refusal(desk.take(AccessKeyCreated{a_key("C", "ann")})), third);
  EXPECT_EQ(key_refusal(desk.take(AccessKeyCreated{a_key("C", "bob")})), "");
  EXPECT_EQ(key_refusal(desk.take(AccessKeySwitched{"A", false})), "");
  EXPECT_EQ(key_refusal(desk.take(AccessKeyCreated{a_key("D", "ann")})), "");
  EXPECT_EQ(key_refusal(desk.take(AccessKeySwitched{"A", true})), third);
  EXPECT_TRUE(desk.complaints.empty());
}

TEST(AccessKeys, LeaveOneAdmin) {
  Desk desk;
  desk.take(AccessKeyCreated{a_key("A", "ann")});
  desk.take(AccessKeyCreated{a_key("B", "bob", Role::Operator)});
  const std::string last =
      "This is the last active admin key: create another first, or nobody could make keys any more";
  EXPECT_EQ(key_refusal(desk.take(AccessKeySwitched{"A", false})), last);
  EXPECT_EQ(key_refusal(desk.take(AccessKeyDeleted{"A"})), last);
  desk.take(AccessKeyCreated{a_key("C", "cid")});
  EXPECT_EQ(key_refusal(desk.take(AccessKeyDeleted{"A"})), "");
  EXPECT_FALSE(desk.state.access_keys().contains("A"));
  EXPECT_EQ(key_refusal(desk.take(AccessKeyDeleted{"A"})), "The access key A does not exist");
}

TEST(AccessKeys, RememberTheirLastUse) {
  Desk desk;
  desk.take(AccessKeyCreated{a_key("A", "ann")});
  EXPECT_FALSE(desk.state.access_keys().at("A").last_used_at);
  desk.take(AccessKeyUsed{"A"});
  EXPECT_TRUE(desk.state.access_keys().at("A").last_used_at);
  desk.take(AccessKeyUsed{"unknown"});
  EXPECT_EQ(desk.state.access_keys().size(), 1U);
}

class Twice : public ::testing::Test {
 protected:
  Twice() { desk.set_up(); }
  Reply submit(std::uint64_t uuid, std::uint64_t body) {
    Submission submission = Desk::submission("j");
    submission.invocation = Invocation{{0, 7}, {0, body}};
    return desk.take(JobSubmitted{{1, uuid}, submission, {}, desk.now});
  }
  Desk desk;
};

TEST_F(Twice, TheSameSubmitIsOneJob) {
  const Reply first = submit(1, 1);
  const Reply second = submit(2, 1);
  ASSERT_TRUE(std::holds_alternative<JobAccepted>(second)) << key_refusal(second);
  EXPECT_EQ(std::get<JobAccepted>(second).uuid, std::get<JobAccepted>(first).uuid);
  EXPECT_EQ(desk.state.jobs().size(), 1U);
}

TEST_F(Twice, AnotherBodyIsRefused) {
  submit(1, 1);
  EXPECT_EQ(key_refusal(submit(2, 2)),
            "This amz-sdk-invocation-id was used within the last day for a request with another "
            "body");
  EXPECT_EQ(desk.state.jobs().size(), 1U);
}

TEST_F(Twice, WhatTheDiskKnowsIsForgottenHere) {
  submit(1, 1);
  desk.pass(RecentInvocations::kKept + std::chrono::seconds(1));
  desk.tick();
  EXPECT_EQ(desk.state.invocations.size(), 0U);
}

TEST_F(Twice, AnOldLookAtTheDiskIsNotTrusted) {
  Submission submission = Desk::submission("j");
  submission.invocation = Invocation{{0, 7}, {0, 1}};
  const JobSubmitted event{{1, 1}, submission, {}, desk.now};
  desk.pass(RecentInvocations::kLookTrusted + std::chrono::seconds(1));
  EXPECT_EQ(key_refusal(desk.take(event)), "The scheduler has been busy too long. Try again.");
}

}  // namespace
}  // namespace dray
