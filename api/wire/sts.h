#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "api/wire/arn.h"
#include "model/access.h"

/// STS's GetCallerIdentity, and errors as clients of XML services read them.
namespace dray::wire {

struct CallerIdentity {
  std::string account;
  std::string arn;
  std::string user_id;
};

/// The identity of whoever signed. Nobody: the account itself.
CallerIdentity caller_identity(const ArnScope& scope, const std::optional<Caller>& caller);
std::string encode_caller_identity(const CallerIdentity& caller, std::string_view request_id);

/// Those of the Query protocol (STS, IAM, EC2, ...) are dray_access.h's.
std::string encode_s3_error(std::string_view code, std::string_view message);

}  // namespace dray::wire
