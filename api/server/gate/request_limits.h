#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "api/server/gate/counts.h"
#include "api/server/gate/limits.h"
#include "api/server/gate/token_buckets.h"

namespace dray::server {

/// An address as limits count it: IPv6 by its /64, of which one client has all.
std::string address_group(std::string_view address);
bool is_loopback_peer(std::string_view address);

/// How many requests an address and a key may send; what is not allowed is counted. Any thread.
class RequestLimits {
 public:
  /// `counts` must outlive it.
  RequestLimits(const GateLimits& limits, GateCounts& counts);
  /// Whether this address may send one more. Asked by the gate, before anything is looked at.
  bool allow_address(std::string_view address);
  /// Whether the holder of this key may. To be asked by whoever has checked that the request is
  /// signed with it (answer throttled_response); `address` is where it came from, and does not
  /// count.
  bool allow(std::string_view key_id, std::string_view address);

 private:
  const bool spares_loopback_;
  GateCounts& counts_;
  std::mutex mutex_;  ///< Guards what follows.
  TokenBuckets addresses_;
  TokenBuckets keys_;
};

}  // namespace dray::server
