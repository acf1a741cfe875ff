#pragma once
#include <functional>
#include <map>
#include <string>

#include "api/auth/authorization.h"
#include "api/auth/canonical_request.h"
#include "api/auth/signing_keys.h"
#include "model/instant.h"

namespace dray::auth {

/// Who has signed.
struct Signer {
  std::string key_id;
  Scope scope;
};

/// The secret of an access key that may sign, or null. It stays valid for the call.
using FindSecret = std::function<const std::string*(std::string_view key_id)>;

/// Checks AWS Signature Version 4 in the Authorization header (not in the query) over the raw
/// request. What is not signed must not be decided on: host, x-amz-date, content-type and all
/// x-amz-* that are there must be. Any thread.
class Verifier {
 public:
  /// `now` is the wall clock: a request counts for 5 minutes before and after.
  AuthResult<Signer> verify(const RequestParts& request, const FindSecret& find_secret,
                            WallTime now);

 private:
  SigningKeys signing_keys_;
};

}  // namespace dray::auth
