#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/server/http_message.h"

namespace dray::server {

/// Keeps web pages of others away. Any page a user visits can make their browser send requests to
/// this machine's loopback, with its cookies; what browsers say about them tells such a request
/// from the user's own.
class BrowserGuard {
 public:
  /// `host` is where the door listens; `names` are others that it answers to (a proxy's). With TLS
  /// every name is answered to: a browser goes on only when it is one of the certificate's.
  BrowserGuard(std::string host, std::vector<std::string> names, bool is_tls = false);

  /// The refusal, or nothing when the request may go on. Refused are:
  /// - a Host that is no address, no loopback name and none of ours: a foreign name that was made
  ///   to lead here;
  /// - what changes things, with an Origin or Sec-Fetch-Site that is not ours, or of a type that
  ///   forms may send to anybody;
  /// - what another site's page asks for otherwise than by leading the user here.
  [[nodiscard]] std::optional<HttpResponse> refuse(const HttpRequest& request) const;

 private:
  [[nodiscard]] bool is_ours(std::string_view host) const;

  std::string host_;
  std::vector<std::string> names_;
  bool is_tls_;
};

}  // namespace dray::server
