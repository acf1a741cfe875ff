#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "api/server/http_message.h"
#include "model/access.h"
#include "model/error.h"

namespace dray::server {

/// What a request takes of whoever sends it.
struct Need {
  std::string action;        ///< "batch:submitjob", for refusals and the audit log.
  bool is_open = false;      ///< Anybody, with or without a key.
  Role least = Role::Admin;  ///< This role, or one that may more.
  /// Not for keys that are for some queues only: what it changes belongs to all. Of everything else
  /// such keys see and change what belongs to their queues (ScopedBackend).
  bool needs_all_queues = true;
  bool is_change = true;  ///< For the audit log, and for what browsers may not be led to.
};

/// The one table of what may be asked. Nothing when there is nothing of this name.
std::optional<Need> need_of(const HttpRequest& request);

/// The one place that says who may do what. `user` is the caller as AWS writes it.
Result<void> authorize(const Caller& caller, const Need& need, std::string_view user);

}  // namespace dray::server
