#pragma once
#include <chrono>
#include <string>

#include "api/backend.h"
#include "api/server/browser_guard.h"
#include "api/server/dispatcher.h"
#include "api/server/gate/conversation.h"
#include "api/server/gate/request_limits.h"
#include "api/server/http_message.h"
#include "api/server/routes.h"

namespace dray::server {

/// From a whole request to what is written for it. Every request of every kind goes through
/// answer(), and nothing else makes answers of routes: whatever checks who asks stands there.
class Door {
 public:
  /// All must outlive it.
  Door(api::Backend& backend, const BrowserGuard& guard, const Routes& routes,
       const Dispatcher& dispatcher, RequestLimits& limits);

  /// Any of the workers' threads; it may block. `may_keep` says whether the connection may be kept,
  /// `arrived` when the request was whole.
  [[nodiscard]] Answer answer(const HttpRequest& request, bool may_keep,
                              std::chrono::steady_clock::time_point arrived) const;
  /// How often the holder of a key may ask: for whoever has checked the signature.
  [[nodiscard]] RequestLimits& limits() const { return limits_; }

 private:
  [[nodiscard]] Answer download(const HttpRequest& request) const;

  api::Backend& backend_;
  const BrowserGuard& guard_;
  const Routes& routes_;
  const Dispatcher& dispatcher_;
  RequestLimits& limits_;
};

}  // namespace dray::server
