#include "api/auth/verifier.h"

#include <algorithm>
#include <array>
#include <optional>

#include "api/auth/amz_time.h"

namespace dray::auth {
namespace {

constexpr std::int64_t kSkewMs = 5 * 60 * 1000;

tl::unexpected<AuthError> deny(Fault fault, std::string reason) {
  return tl::unexpected(AuthError{fault, std::move(reason)});
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

bool has_query_signature(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark != std::string_view::npos &&
         lower(target.substr(mark)).find("x-amz-signature") != std::string::npos;
}

/// What must be signed if it is there.
bool is_bound(std::string_view name) {
  return name == "host" || name == "content-type" || name.starts_with("x-amz-");
}

AuthResult<void> check_signed_headers(const RequestParts& request,
                                      const std::vector<std::string>& names) {
  const auto is_signed = [&names](const std::string& name) {
    return std::binary_search(names.begin(), names.end(), name);
  };
  if (!is_signed("host") || !is_signed("x-amz-date")) {
    return deny(Fault::Invalid, "'Host' and 'X-Amz-Date' must be among the signed headers.");
  }
  for (const std::string& name : names) {
    if (count_headers(request, name) == 0) {
      return deny(Fault::Invalid, "The signed header '" + name + "' is not in the request.");
    }
  }
  for (const auto& [header, value] : request.headers) {
    const std::string name = lower(header);
    if (is_bound(name) && !is_signed(name)) {
      return deny(Fault::Invalid, "The header '" + name + "' must be signed.");
    }
  }
  return {};
}

AuthResult<void> check_time(const std::string& text, const Scope& scope, WallTime now) {
  const std::optional<WallTime> at = parse_amz_time(text);
  if (!at) {
    return deny(Fault::Incomplete,
                "Date must be in ISO-8601 'basic format'. Got '" + text.substr(0, 64) + "'.");
  }
  if (!text.starts_with(scope.date)) {
    return deny(Fault::Invalid,
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                "from HTTP: '" +
                    scope.date + "' != '" + text.substr(0, 8) + "', from '" + text + "'.");
  }
  const WallTime oldest{now.epoch_ms - kSkewMs};
  const WallTime newest{now.epoch_ms + kSkewMs};
  if (at->epoch_ms < oldest.epoch_ms) {
    return deny(Fault::Invalid, "Signature expired: " + text + " is now earlier than " +
                                    amz_time(oldest) + " (" + amz_time(now) + " - 5 min.)");
  }
  if (at->epoch_ms > newest.epoch_ms) {
    return deny(Fault::Invalid, "Signature not yet current: " + text + " is still later than " +
                                    amz_time(newest) + " (" + amz_time(now) + " + 5 min.)");
  }
  return {};
}

/// A client that tells the body's hash tells the right one, and never that it signs none.
AuthResult<void> check_told_hash(const RequestParts& request, const Digest& body_hash) {
  constexpr std::string_view kName = "x-amz-content-sha256";
  if (count_headers(request, kName) != 0 && canonical_header(request, kName) != to_hex(body_hash)) {
    return deny(Fault::Invalid,
                "The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  return {};
}

}  // namespace

AuthResult<Signer> Verifier::verify(const RequestParts& request, const FindSecret& find_secret,
                                    WallTime now) {
  if (has_query_signature(request.target)) {
    return deny(Fault::Incomplete, "Signatures in the query string are not accepted here.");
  }
  if (count_headers(request, "authorization") != 1 || count_headers(request, "x-amz-date") > 1) {
    return count_headers(request, "authorization") == 0
               ? deny(Fault::Missing, "Missing Authentication Token")
               : deny(Fault::Incomplete, "Authorization and X-Amz-Date may come once.");
  }
  const AuthResult<Authorization> given =
      parse_authorization(canonical_header(request, "authorization"));
  if (!given) {
    return tl::unexpected(given.error());
  }
  if (count_headers(request, "x-amz-date") == 0) {
    return deny(Fault::Incomplete,
                "Authorization header requires existence of an 'X-Amz-Date' header.");
  }
  const std::string date = canonical_header(request, "x-amz-date");
  AuthResult<void> checked = check_signed_headers(request, given->signed_headers);
  checked = checked ? check_time(date, given->scope, now) : checked;
  if (!checked) {
    return tl::unexpected(checked.error());
  }
  const std::string* secret = find_secret(given->key_id);
  if (secret == nullptr) {
    return deny(Fault::Unknown, "The security token included in the request is invalid.");
  }
  const Digest body_hash = sha256(request.body);
  checked = check_told_hash(request, body_hash);
  if (!checked) {
    return tl::unexpected(checked.error());
  }
  const Digest key = signing_keys_.of(given->key_id, *secret, given->scope);
  const Digest right = sign_text(key, date, given->scope,
                                 canonical_request(request, given->signed_headers, body_hash));
  if (!is_same(right, given->signature)) {
    return deny(Fault::Invalid,
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method. Consult the service "
                "documentation for details.");
  }
  signing_keys_.keep(given->key_id, given->scope, key);
  return Signer{given->key_id, given->scope};
}

}  // namespace dray::auth
