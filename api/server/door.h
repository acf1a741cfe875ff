#pragma once
#include <chrono>
#include <string>

#include "api/backend.h"
#include "api/server/admission.h"
#include "api/server/authorize.h"
#include "api/server/browser_guard.h"
#include "api/server/dispatcher.h"
#include "api/server/gate/conversation.h"
#include "api/server/gate/request_limits.h"
#include "api/server/http_message.h"
#include "api/server/routes.h"
#include "api/wire/arn.h"

namespace dray::server {

/// From a whole request to what is written for it. Every request of every kind goes through
/// answer(), and nothing else makes answers of routes: here it is looked at who asks, how often,
/// and whether they may; and what was changed is written down.
class Door {
 public:
  struct Rooms {
    api::Backend& backend;
    const BrowserGuard& guard;
    Admission& admission;
    const Routes& routes;
    const Dispatcher& dispatcher;
    RequestLimits& limits;
  };
  /// All must outlive it. `has_open_metrics`: /metrics needs no key, for only this machine asks.
  Door(const Rooms& rooms, wire::ArnScope scope, bool has_open_metrics)
      : rooms_(rooms), scope_(std::move(scope)), has_open_metrics_(has_open_metrics) {}

  /// Any of the workers' threads; it may block. `may_keep` says whether the connection may be kept,
  /// `arrived` when the request was whole. The request becomes the door's own: it learns whom it is
  /// from.
  [[nodiscard]] Answer answer(HttpRequest& request, bool may_keep,
                              std::chrono::steady_clock::time_point arrived) const;

 private:
  /// The refusal, or nothing when the request may go on; then `request` knows its caller.
  [[nodiscard]] std::optional<HttpResponse> refuse(HttpRequest& request, const Need& need) const;
  [[nodiscard]] Answer answer_admitted(const HttpRequest& request, const Need& need,
                                       bool may_keep) const;
  [[nodiscard]] Answer download(const HttpRequest& request) const;
  [[nodiscard]] Answer stream(const HttpRequest& request) const;
  void write_down(const HttpRequest& request, const Need& need, const Answer& answer) const;

  Rooms rooms_;
  wire::ArnScope scope_;
  bool has_open_metrics_;
};

}  // namespace dray::server
