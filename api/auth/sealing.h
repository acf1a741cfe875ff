#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "api/auth/digests.h"

namespace dray::auth {

/// AES-256-GCM. `name` is bound to it: what was sealed for one does not open for another. `nonce`
/// is 12 bytes of chance, never used twice with a key.
std::string seal(const Digest& master, std::string_view name, std::string_view secret,
                 std::string_view nonce);
/// Nothing when the master key or the name is another, or a bit has changed.
std::optional<std::string> unseal(const Digest& master, std::string_view name,
                                  std::string_view sealed);

}  // namespace dray::auth
