#pragma once
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "api/auth/authorization.h"
#include "api/auth/digests.h"

namespace dray::auth {

/// HMAC of HMAC of HMAC: what signs for one key, day, region and service.
Digest derive_signing_key(std::string_view secret, const Scope& scope);
/// The signature of a canonical request.
Digest sign_text(const Digest& signing_key, std::string_view amz_date, const Scope& scope,
                 std::string_view canonical_request);

/// Derived keys that have been of use, so that a request costs one HMAC and not five. Bounded. Any
/// thread. An access key's secret never changes, so none of these grows stale.
class SigningKeys {
 public:
  explicit SigningKeys(std::size_t keys_max = 4096) : keys_max_(keys_max) {}
  ~SigningKeys();
  SigningKeys(const SigningKeys&) = delete;
  SigningKeys& operator=(const SigningKeys&) = delete;

  /// Derived when it is not known.
  Digest of(std::string_view key_id, std::string_view secret, const Scope& scope);
  /// Keeps one, whose signature was right: nobody without a key can fill this.
  void keep(std::string_view key_id, const Scope& scope, const Digest& key);
  [[nodiscard]] std::size_t size() const;

 private:
  void wipe();

  const std::size_t keys_max_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, Scope>, Digest> keys_;  ///< Guarded by mutex_.
};

}  // namespace dray::auth
