#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "api/auth/digests.h"
#include "model/access.h"
#include "model/error.h"

namespace dray {

/// The key that opens what is sealed in the database: 64 hexadecimal digits in a file of mode 0600.
/// Made when it is missing and `may_make` says that nothing has been sealed yet. Refusals are
/// sentences for the operator.
Result<auth::Digest> open_master_key(const std::filesystem::path& file, bool may_make);

/// A new access key with its secret, sealed; `created_at` is left to the core.
struct FreshKey {
  AccessKey key;
  std::string secret;
};
FreshKey make_access_key(const auth::Digest& master, std::string user, Role role,
                         std::string queues);

/// Writes the key as an AWS credentials file of mode 0600, durable when this returns.
Result<void> write_credentials(const std::filesystem::path& file, const FreshKey& key,
                               const std::string& region);

}  // namespace dray
