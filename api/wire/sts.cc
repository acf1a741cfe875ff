#include "api/wire/sts.h"

namespace dray::wire {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      default:
        // What XML cannot hold, and no name of ours has.
        out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return out;
}

std::string element(std::string_view name, std::string_view text) {
  const std::string tag(name);
  return "<" + tag + ">" + escaped(text) + "</" + tag + ">";
}

}  // namespace

CallerIdentity caller_identity(const ArnScope& scope, const std::optional<Caller>& caller) {
  const std::string begin = "arn:" + std::string(scope.partition()) + ":iam::" + scope.account;
  if (!caller) {
    return {scope.account, begin + ":root", scope.account};
  }
  return {scope.account, begin + ":user/" + caller->user, caller->key_id};
}

std::string encode_caller_identity(const CallerIdentity& caller, std::string_view request_id) {
  return R"(<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">)"
         "<GetCallerIdentityResult>" +
         element("Arn", caller.arn) + element("UserId", caller.user_id) +
         element("Account", caller.account) + "</GetCallerIdentityResult><ResponseMetadata>" +
         element("RequestId", request_id) + "</ResponseMetadata></GetCallerIdentityResponse>";
}

std::string encode_s3_error(std::string_view code, std::string_view message) {
  return "<Error>" + element("Code", code) + element("Message", message) + "</Error>";
}

}  // namespace dray::wire
