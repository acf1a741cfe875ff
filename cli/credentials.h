#pragma once
#include <string>
#include <string_view>

#include "api/auth/sign.h"

namespace dray::cli {

/// What to sign with, and where it was found, for people.
struct FoundCredentials {
  auth::Credentials credentials;  ///< Empty when there are none.
  std::string source;             ///< "AWS_ACCESS_KEY_ID", or a file.
};

/// As AWS's tools look: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; else the profile AWS_PROFILE
/// (default: default) of AWS_SHARED_CREDENTIALS_FILE; else what `dray up` has written; else
/// ~/.aws/credentials.
FoundCredentials find_credentials();

/// The default profile of a file; empty when it has none.
auth::Credentials read_credentials(const std::string& file);

/// The profile's keys in an AWS credentials file; empty when it has none.
auth::Credentials read_profile(std::string_view text, std::string_view profile);

}  // namespace dray::cli
