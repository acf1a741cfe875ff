#include <limits>

#include <gtest/gtest.h>

#include "tests/support/desk.h"

/// Scheduling policies, consumable resources, service environments, quota shares, and tags.
namespace dray {
namespace {

std::string catalogue_refusal(const Reply& reply) {
  const auto* error = std::get_if<Error>(&reply);
  return error == nullptr ? "" : error->reason;
}

CatalogueEntry an_entry(ResourceKind kind, const std::string& name) {
  CatalogueEntry entry;
  entry.key = {kind, name};
  if (kind == ResourceKind::ConsumableResource) {
    entry.stock = Stock{true, 10, {}};
  }
  return entry;
}

class Catalogue : public ::testing::Test {
 protected:
  std::string create(ResourceKind kind, const std::string& name) {
    return catalogue_refusal(desk.take(EntryCreated{an_entry(kind, name)}));
  }
  std::string remove(ResourceKind kind, const std::string& name) {
    return catalogue_refusal(desk.take(EntryDeleted{{kind, name}}));
  }
  std::string disable(ResourceKind kind, const std::string& name) {
    return catalogue_refusal(desk.take(EntryUpdated{{{kind, name}, false, {}, {}}}));
  }
  std::string create_queue(const std::string& name, const std::string& service,
                           const std::string& policy) {
    JobQueue queue;
    queue.name = name;
    queue.scheduling_policy = policy;
    if (service.empty()) {
      desk.take(EnvironmentCreated{{"ce", false, true, {}, "", {}, ""}});
      queue.environments = {"ce"};
    } else {
      queue.service_environments = {service};
    }
    return catalogue_refusal(desk.take(QueueCreated{queue}));
  }
  /// The total, or -1 for a refusal.
  std::int64_t change(QuantityOperation operation, std::int64_t quantity,
                      const std::string& token = "") {
    const Reply reply = desk.take(QuantityChanged{{"licences", operation, quantity, token}});
    const auto* now = std::get_if<QuantityNow>(&reply);
    return now == nullptr ? -1 : now->total;
  }
  Desk desk;
};

TEST_F(Catalogue, KnowsEachNameOnceAKind) {
  EXPECT_EQ(create(ResourceKind::SchedulingPolicy, "a"), "");
  EXPECT_EQ(create(ResourceKind::SchedulingPolicy, "a"), "Object already exists");
  EXPECT_EQ(create(ResourceKind::ConsumableResource, "a"), "");
  EXPECT_EQ(remove(ResourceKind::SchedulingPolicy, "a"), "");
  EXPECT_EQ(remove(ResourceKind::SchedulingPolicy, "a"), "SchedulingPolicy a does not exist");
  EXPECT_EQ(desk.state.catalogue().size(), 1U);
}

TEST_F(Catalogue, KeepsThePolicyOfAQueue) {
  EXPECT_EQ(create_queue("q", "", "fair"), "SchedulingPolicy fair does not exist");
  EXPECT_EQ(create(ResourceKind::SchedulingPolicy, "fair"), "");
  EXPECT_EQ(create_queue("q", "", "fair"), "");
  EXPECT_EQ(remove(ResourceKind::SchedulingPolicy, "fair"),
            "Cannot delete, found existing JobQueue relationship.");
  QueueUpdate update;
  update.name = "q";
  update.scheduling_policy = "";
  EXPECT_NE(catalogue_refusal(desk.take(QueueUpdated{update})).find("removed"), std::string::npos);
  create(ResourceKind::SchedulingPolicy, "fairer");
  update.scheduling_policy = "fairer";
  EXPECT_EQ(catalogue_refusal(desk.take(QueueUpdated{update})), "");
  EXPECT_EQ(remove(ResourceKind::SchedulingPolicy, "fair"), "");
}

TEST_F(Catalogue, GivesAFifoQueueNoPolicyLater) {
  create(ResourceKind::SchedulingPolicy, "fair");
  create_queue("q", "", "");
  QueueUpdate update;
  update.name = "q";
  update.scheduling_policy = "fair";
  EXPECT_NE(catalogue_refusal(desk.take(QueueUpdated{update})).find("without one"),
            std::string::npos);
}

TEST_F(Catalogue, HasQuotaSharesInQueuesOfServiceJobsOnly) {
  EXPECT_EQ(create(ResourceKind::QuotaShare, "none/s"), "JobQueue none does not exist");
  create_queue("jobs", "", "");
  EXPECT_NE(create(ResourceKind::QuotaShare, "jobs/s").find("SAGEMAKER_TRAINING"),
            std::string::npos);
  EXPECT_EQ(create_queue("train", "se", ""), "ServiceEnvironment se does not exist");
  create(ResourceKind::ServiceEnvironment, "se");
  EXPECT_EQ(create_queue("train", "se", ""), "");
  EXPECT_EQ(create(ResourceKind::QuotaShare, "train/s"), "");
  EXPECT_EQ(remove(ResourceKind::QuotaShare, "train/s"),
            "Cannot delete, QuotaShare must be DISABLED first.");
  EXPECT_EQ(remove(ResourceKind::ServiceEnvironment, "se"),
            "Cannot delete, found existing JobQueue relationship.");
  QueueUpdate off;
  off.name = "train";
  off.is_enabled = false;
  desk.take(QueueUpdated{off});
  EXPECT_EQ(catalogue_refusal(desk.take(QueueDeleted{"train"})), "");
  EXPECT_EQ(remove(ResourceKind::QuotaShare, "train/s"), "QuotaShare train/s does not exist");
  EXPECT_EQ(disable(ResourceKind::ServiceEnvironment, "se"), "");
  EXPECT_EQ(remove(ResourceKind::ServiceEnvironment, "se"), "");
}

TEST_F(Catalogue, CountsAQuantityOnceForEachToken) {
  create(ResourceKind::ConsumableResource, "licences");
  EXPECT_EQ(change(QuantityOperation::Add, 5), 15);
  EXPECT_EQ(change(QuantityOperation::Add, 5, "t"), 20);
  EXPECT_EQ(change(QuantityOperation::Add, 5, "t"), 20);
  EXPECT_EQ(change(QuantityOperation::Remove, 5, "t"), -1);
  EXPECT_EQ(change(QuantityOperation::Remove, 21), -1);
  EXPECT_EQ(change(QuantityOperation::Remove, 20), 0);
  EXPECT_EQ(change(QuantityOperation::Set, 7), 7);
  EXPECT_EQ(change(QuantityOperation::Add, std::numeric_limits<std::int64_t>::max()), -1);
  EXPECT_EQ(desk.state.catalogue().begin()->second.stock->total, 7);
}

TEST_F(Catalogue, TagsWhatIsThere) {
  create(ResourceKind::SchedulingPolicy, "fair");
  create_queue("q", "", "");
  const TagChange tags{{{"a", "1"}, {"b", ""}}, {"c"}};
  const auto tag = [&](ResourceKind kind, const std::string& name) {
    return catalogue_refusal(desk.take(ResourceTagged{{kind, name, 0, {}}, tags}));
  };
  EXPECT_EQ(tag(ResourceKind::SchedulingPolicy, "fair"), "");
  EXPECT_EQ(tag(ResourceKind::Queue, "q"), "");
  EXPECT_EQ(tag(ResourceKind::Environment, "ce"), "");
  EXPECT_EQ(tag(ResourceKind::Definition, "d"), "JobDefinition d does not exist");
  EXPECT_EQ(tag(ResourceKind::ConsumableResource, "x"), "ConsumableResource x does not exist");
  EXPECT_EQ(desk.state.queues().at("q").tags, tags.added);
  EXPECT_EQ(desk.state.environments().at("ce").tags, tags.added);
  EXPECT_EQ(desk.state.catalogue().begin()->second.tags, tags.added);
}

}  // namespace
}  // namespace dray
