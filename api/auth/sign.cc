#include "api/auth/sign.h"

#include "api/auth/amz_time.h"
#include "api/auth/authorization.h"
#include "api/auth/canonical_request.h"
#include "api/auth/signing_keys.h"

namespace dray::auth {

std::vector<std::pair<std::string, std::string>> sign(const ToSign& request,
                                                      const Credentials& credentials,
                                                      WallTime now) {
  const std::string date = amz_time(now);
  const Scope scope{date.substr(0, 8), credentials.region, std::string(request.service)};
  std::vector<std::pair<std::string, std::string>> headers{{"X-Amz-Date", date}};
  RequestParts parts{request.method, request.target, {}, request.body};
  std::vector<std::string> names;
  // In ascending order.
  if (!request.content_type.empty()) {
    parts.headers.emplace_back("content-type", request.content_type);
    names.emplace_back("content-type");
  }
  parts.headers.emplace_back("host", request.host);
  parts.headers.emplace_back("x-amz-date", date);
  names.insert(names.end(), {"host", "x-amz-date"});
  if (!credentials.session_token.empty()) {
    headers.emplace_back("X-Amz-Security-Token", credentials.session_token);
    parts.headers.emplace_back("x-amz-security-token", credentials.session_token);
    names.emplace_back("x-amz-security-token");
  }
  if (!request.amz_target.empty()) {
    headers.emplace_back("X-Amz-Target", request.amz_target);
    parts.headers.emplace_back("x-amz-target", request.amz_target);
    names.emplace_back("x-amz-target");
  }
  const Digest signature = sign_text(derive_signing_key(credentials.secret, scope), date, scope,
                                     canonical_request(parts, names, sha256(request.body)));
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ";") + name;
  }
  headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=" + credentials.key_id + '/' +
                                            to_string(scope) + ", SignedHeaders=" + list +
                                            ", Signature=" + to_hex(signature));
  return headers;
}

}  // namespace dray::auth
