#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/auth/digests.h"

namespace dray::auth {

/// A request as it is on the wire: nothing decoded, headers in the order in which they came. Points
/// into what the caller holds.
struct RequestParts {
  std::string_view method;
  std::string_view target;  ///< Path and query.
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view body;
};

/// The path, normalised and each of its bytes but the unreserved ones encoded once more: what came
/// as "%3A" is "%253A".
std::string canonical_path(std::string_view raw_path);
/// Names and values decoded, encoded again, and sorted. '+' is a plus.
std::string canonical_query(std::string_view raw_query);
/// The values of all headers of this name (lower case): trimmed, inner blanks made one, joined with
/// commas in the order in which they came.
std::string canonical_header(const RequestParts& request, std::string_view name);

/// The text whose hash is signed. `body_hash` is of the bytes that came.
std::string canonical_request(const RequestParts& request,
                              const std::vector<std::string>& signed_headers,
                              const Digest& body_hash);

/// Whether a header of this name (lower case) is there, however it is written.
std::size_t count_headers(const RequestParts& request, std::string_view name);

}  // namespace dray::auth
