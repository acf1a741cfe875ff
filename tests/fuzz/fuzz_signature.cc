#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/auth/amz_time.h"
#include "api/auth/authorization.h"
#include "api/auth/sign.h"
#include "api/auth/verifier.h"
#include "model/check.h"

/// The header of a signature and what it is of: the first line is the Authorization, the second the
/// target, the rest is headers. Whatever comes is refused or means one thing; nothing that nobody
/// signed is let in.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dray;
  using namespace dray::auth;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto take_line = [&bytes] {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    return line;
  };
  const std::string_view header = take_line();
  const std::string_view target = take_line();
  const AuthResult<Authorization> given = parse_authorization(header);
  if (given) {
    CHECK(std::is_sorted(given->signed_headers.begin(), given->signed_headers.end()));
    CHECK(!given->key_id.empty() && given->scope.date.size() == 8);
  } else {
    CHECK(!given.error().reason.empty());
  }
  const std::string path = canonical_path(target);
  CHECK(path.starts_with('/') && path.find("/../") == std::string::npos);
  // What is canonical stays so.
  const std::string query = canonical_query(target);
  CHECK(canonical_query(query) == query);

  RequestParts parts{"POST", target, {{"Authorization", header}}, "{}"};
  while (!bytes.empty()) {
    std::string_view line = take_line();
    const std::size_t colon = std::min(line.find(':'), line.size());
    parts.headers.emplace_back(line.substr(0, colon),
                               line.substr(std::min(colon + 1, line.size())));
  }
  static const std::string secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  static Verifier verifier;
  const auto verdict = verifier.verify(
      parts, [](std::string_view) { return &secret; }, *parse_amz_time("20260131T120000Z"));
  CHECK(!verdict);
  return 0;
}
