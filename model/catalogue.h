#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/instant.h"
#include "model/job_definition.h"
#include "model/queue_shares.h"
#include "model/resource_name.h"

/// What AWS Batch keeps by name beside environments, queues and definitions: scheduling policies,
/// consumable resources, service environments and quota shares.
namespace dray {

/// One of the four kinds; the name is unique within its kind.
struct EntryKey {
  ResourceKind kind = ResourceKind::SchedulingPolicy;
  std::string name;
  auto operator<=>(const EntryKey&) const = default;
};

/// AWS: ShareAttributes. The lower the weight, the more the share gets.
struct ShareWeight {
  static constexpr std::int32_t kOne = 10'000;
  std::string identifier;      ///< May end in '*': all that begin so.
  std::int32_t weight = kOne;  ///< In 1/10,000ths. AWS: 0.0001 to 999.9999.
  bool operator==(const ShareWeight&) const = default;
};

/// AWS: fairsharePolicy.
struct FairShare {
  std::int32_t decay_seconds = 0;        ///< AWS: 0 to 604,800.
  std::int32_t compute_reservation = 0;  ///< Percent. AWS: 0 to 99.
  std::vector<ShareWeight> shares;       ///< No two overlap.
  bool operator==(const FairShare&) const = default;
};

enum class QuantityOperation : std::uint8_t { Set, Add, Remove };

/// AWS: UpdateConsumableResource.
struct QuantityChange {
  std::string name;
  QuantityOperation operation = QuantityOperation::Set;
  std::int64_t quantity = 0;  ///< Not negative.
  std::string token;          ///< clientToken; empty: none was given.
};

/// How much there is of a consumable resource.
struct Stock {
  /// A change that was made, so that its repeat is none.
  struct Token {
    QuantityOperation operation = QuantityOperation::Set;
    std::int64_t quantity = 0;
    WallTime at;
    bool operator==(const Token&) const = default;
  };
  bool is_replenishable = true;  ///< Given back when the job ends; otherwise gone for good.
  std::int64_t total = 0;
  std::map<std::string, Token> tokens;  ///< By clientToken. AWS: good for 8 hours.
  bool operator==(const Stock&) const = default;
};

struct CatalogueEntry {
  EntryKey key;
  WallTime created_at;
  bool is_enabled = true;  ///< Of service environments and quota shares.
  Tags tags;
  std::optional<FairShare> fair_share;  ///< Of a scheduling policy that has one.
  std::optional<Stock> stock;           ///< Set exactly for consumable resources.
  std::string as_given;                 ///< Other members, stored and echoed, JSON object.
  bool operator==(const CatalogueEntry&) const = default;
};

/// Only what is given changes.
struct EntryUpdate {
  EntryKey key;
  std::optional<bool> is_enabled;
  std::optional<FairShare> fair_share;
  std::optional<std::string> as_given;  ///< The whole new text, merged by the door.
};

/// A job that waits, in the order of dispatch (AWS: GetJobQueueSnapshot).
struct FrontJob {
  JobName job;
  WallTime since;          ///< It has not stood there before.
  std::string name = {};   ///< The job's.
  std::string share = {};  ///< Of a fair-share queue; empty in others.
};
/// What the shares of a fair-share queue hold now (AWS: FairshareUtilizationDetail).
struct SharesUse {
  static constexpr std::size_t kSharesMax = 20;
  struct Share {
    std::string identifier;
    std::int64_t milli_vcpus = 0;
  };
  std::uint32_t active = 0;   ///< Shares with a job that has not ended.
  std::vector<Share> shares;  ///< That hold something, the largest first.
};
struct QueueSnapshot {
  static constexpr std::size_t kJobsMax = 100;
  std::vector<FrontJob> front;
  std::int64_t milli_vcpus_used = 0;  ///< By what starts and runs.
  WallTime at;
  std::optional<SharesUse> shares;              ///< Of a fair-share queue.
  std::optional<SharesStanding> standing = {};  ///< The same in Dray's own words.
};

}  // namespace dray
