#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "api/auth/digests.h"

namespace dray::auth {

/// Why somebody is not let in, by what AWS calls it.
enum class Fault : std::uint8_t {
  Missing,     ///< Nothing is signed.
  Incomplete,  ///< What a signature must name is not there, or cannot be read.
  Unknown,     ///< No such access key, or one that is disabled.
  Invalid,     ///< The signature, its time or its scope is wrong.
};

/// A refusal with AWS's sentence.
struct AuthError {
  Fault fault = Fault::Missing;
  std::string reason;
};
template <class T>
using AuthResult = tl::expected<T, AuthError>;

/// What a signature is bound to beside the request.
struct Scope {
  std::string date;  ///< "20260131".
  std::string region;
  std::string service;
  auto operator<=>(const Scope&) const = default;
};
/// "20260131/eu-west-1/batch/aws4_request".
std::string to_string(const Scope& scope);

/// The Authorization header, taken apart.
struct Authorization {
  std::string key_id;
  Scope scope;
  std::vector<std::string> signed_headers;  ///< In lower case, in ascending order, none twice.
  Digest signature{};
};

/// "AWS4-HMAC-SHA256 Credential=.../.../.../.../aws4_request, SignedHeaders=a;b, Signature=hex",
/// with or without blanks behind the commas, in any order. Strict and bounded. Pure.
AuthResult<Authorization> parse_authorization(std::string_view text);

}  // namespace dray::auth
