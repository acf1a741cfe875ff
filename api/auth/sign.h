#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/instant.h"

namespace dray::auth {

/// What a client signs with.
struct Credentials {
  std::string key_id;
  std::string secret;
  std::string session_token;  ///< Sent along when there is one.
  std::string region = "us-east-1";
  [[nodiscard]] bool is_empty() const { return key_id.empty() || secret.empty(); }
};

struct ToSign {
  std::string_view method;
  std::string_view target;        ///< As it is sent: with the base path, encoded.
  std::string_view host;          ///< As in the Host header.
  std::string_view content_type;  ///< Empty when none is sent.
  std::string_view body;
  std::string_view service = "batch";
  std::string_view amz_target = {};  ///< X-Amz-Target, of services that have one.
};

/// The headers to send along: X-Amz-Date, Authorization, the session's token.
std::vector<std::pair<std::string, std::string>> sign(const ToSign& request,
                                                      const Credentials& credentials, WallTime now);

}  // namespace dray::auth
