#include "api/server/gate/request_limits.h"

#include <chrono>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace dray::server {
std::string address_group(std::string_view address) {
  std::string group(address);
  in6_addr six{};
  if (::inet_pton(AF_INET6, group.c_str(), &six) == 1) {
    group.assign(reinterpret_cast<const char*>(six.s6_addr), 8);
  }
  return group;
}

bool is_loopback_peer(std::string_view address) {
  return address == "::1" || address.starts_with("127.");
}

RequestLimits::RequestLimits(const GateLimits& limits, GateCounts& counts)
    : spares_loopback_(limits.spares_loopback),
      counts_(counts),
      addresses_(limits.address_rate),
      keys_(limits.key_rate) {}

bool RequestLimits::allow_address(std::string_view address) {
  if (spares_loopback_ && is_loopback_peer(address)) {
    return true;
  }
  const std::lock_guard lock(mutex_);
  const bool is_allowed =
      addresses_.allow(address_group(address), std::chrono::steady_clock::now());
  if (!is_allowed) {
    counts_.note(Refused::AddressTooOften);
  }
  return is_allowed;
}

bool RequestLimits::allow(std::string_view key_id, std::string_view /*address*/) {
  const std::lock_guard lock(mutex_);
  const bool is_allowed = keys_.allow(key_id, std::chrono::steady_clock::now());
  if (!is_allowed) {
    counts_.note(Refused::KeyTooOften);
  }
  return is_allowed;
}

}  // namespace dray::server
