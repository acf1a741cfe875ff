#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "model/access.h"

namespace dray::auth {

/// An access key that may sign, opened.
struct Key {
  Caller caller;
  std::string secret;
  /// When its use was last told, in milliseconds since 1970: shared by all sets that hold it.
  mutable std::atomic<std::int64_t> used_ms = 0;
};

/// All keys that may sign at one moment. Never changed: a new set takes its place.
using KeySet = std::map<std::string, std::shared_ptr<const Key>, std::less<>>;

}  // namespace dray::auth
