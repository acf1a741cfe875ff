#include "api/auth/signing_keys.h"

#include <openssl/crypto.h>

namespace dray::auth {

Digest derive_signing_key(std::string_view secret, const Scope& scope) {
  std::string first = "AWS4" + std::string(secret);
  Digest key = hmac_sha256(first, scope.date);
  ::OPENSSL_cleanse(first.data(), first.size());
  key = hmac_sha256(key, scope.region);
  key = hmac_sha256(key, scope.service);
  return hmac_sha256(key, "aws4_request");
}

Digest sign_text(const Digest& signing_key, std::string_view amz_date, const Scope& scope,
                 std::string_view canonical_request) {
  return hmac_sha256(signing_key, "AWS4-HMAC-SHA256\n" + std::string(amz_date) + '\n' +
                                      to_string(scope) + '\n' + to_hex(sha256(canonical_request)));
}

SigningKeys::~SigningKeys() {
  wipe();
}

Digest SigningKeys::of(std::string_view key_id, std::string_view secret, const Scope& scope) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find({std::string(key_id), scope});
    if (found != keys_.end()) {
      return found->second;
    }
  }
  return derive_signing_key(secret, scope);
}

void SigningKeys::keep(std::string_view key_id, const Scope& scope, const Digest& key) {
  const std::lock_guard lock(mutex_);
  if (keys_.size() >= keys_max_) {
    wipe();  // A day is over, or somebody signs for many regions.
  }
  keys_.insert_or_assign({std::string(key_id), scope}, key);
}

std::size_t SigningKeys::size() const {
  const std::lock_guard lock(mutex_);
  return keys_.size();
}

void SigningKeys::wipe() {
  for (auto& [name, key] : keys_) {
    ::OPENSSL_cleanse(key.data(), key.size());
  }
  keys_.clear();
}

}  // namespace dray::auth
