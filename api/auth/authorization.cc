#include "api/auth/authorization.h"

#include <algorithm>
#include <array>
#include <optional>

namespace dray::auth {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t kHeaderBytesMax = 4096;
constexpr std::size_t kPartBytesMax = 128;
constexpr std::size_t kSignedHeadersMax = 64;

tl::unexpected<AuthError> incomplete(std::string reason) {
  return tl::unexpected(AuthError{Fault::Incomplete, std::move(reason)});
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) {
    text.remove_prefix(1);
  }
  while (text.ends_with(' ')) {
    text.remove_suffix(1);
  }
  return text;
}

std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kPartBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_date(std::string_view text) {
  return text.size() == 8 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

AuthResult<void> read_credential(std::string_view text, Authorization& into) {
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    part = take_until(text, '/');
  }
  if (!text.empty() || !is_word(parts[0]) || !is_date(parts[1]) || !is_region(parts[2]) ||
      !is_word(parts[3]) || parts[4] != "aws4_request") {
    return incomplete(
        "Credential must have exactly 5 slash-delimited elements, e.g. "
        "keyid/date/region/service/term");
  }
  into.key_id = parts[0];
  into.scope = {std::string(parts[1]), std::string(parts[2]), std::string(parts[3])};
  return {};
}

bool is_header_name(std::string_view name) {
  return !name.empty() && name.size() <= kPartBytesMax &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return c > ' ' && c < 0x7f && c != ':' && c != ',' && !(c >= 'A' && c <= 'Z');
         });
}

AuthResult<void> read_signed_headers(std::string_view text, Authorization& into) {
  while (!text.empty()) {
    const std::string_view name = take_until(text, ';');
    const bool is_next = into.signed_headers.empty() || into.signed_headers.back() < name;
    if (!is_header_name(name) || !is_next || into.signed_headers.size() == kSignedHeadersMax) {
      return incomplete("SignedHeaders must be names in lower case, in order and each once.");
    }
    into.signed_headers.emplace_back(name);
  }
  return {};
}

}  // namespace

std::string to_string(const Scope& scope) {
  return scope.date + '/' + scope.region + '/' + scope.service + "/aws4_request";
}

AuthResult<Authorization> parse_authorization(std::string_view text) {
  if (text.size() > kHeaderBytesMax) {
    return incomplete("The Authorization header is too long.");
  }
  if (!text.starts_with(kAlgorithm) || !text.substr(kAlgorithm.size()).starts_with(' ')) {
    return incomplete("Authorization must be AWS Signature Version 4: AWS4-HMAC-SHA256.");
  }
  text.remove_prefix(kAlgorithm.size());
  std::optional<std::string_view> credential;
  std::optional<std::string_view> headers;
  std::optional<std::string_view> signature;
  while (!text.empty()) {
    std::string_view value = take_until(text, ',');
    const std::string_view name = trim(take_until(value, '='));
    auto* const to = name == "Credential"      ? &credential
                     : name == "SignedHeaders" ? &headers
                     : name == "Signature"     ? &signature
                                               : nullptr;
    if (to == nullptr || to->has_value()) {
      return incomplete(
          "Authorization header has something that is not understood or comes twice.");
    }
    *to = trim(value);
  }
  for (const auto& [name, part] :
       {std::pair("Credential", credential), std::pair("Signature", signature),
        std::pair("SignedHeaders", headers)}) {
    if (!part || part->empty()) {
      return incomplete("Authorization header requires '" + std::string(name) + "' parameter.");
    }
  }
  Authorization result;
  AuthResult<void> read = read_credential(*credential, result);
  read = read ? read_signed_headers(*headers, result) : read;
  if (!read) {
    return tl::unexpected(read.error());
  }
  const std::optional<Digest> digest = parse_hex(*signature);
  if (!digest) {
    return incomplete("Signature must be 64 hexadecimal digits in lower case.");
  }
  result.signature = *digest;
  return result;
}

}  // namespace dray::auth
