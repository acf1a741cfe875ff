#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "api/server/http_message.h"

namespace dray::server {

/// Why a request is refused before it reaches anything.
struct HttpRefusal {
  int status = 400;
  std::string_view reason;
};

struct HeadLimits {
  std::size_t head_bytes_max = 16 * 1024;  ///< Request line and headers together.
  std::size_t headers_max = 64;
  std::size_t target_bytes_max = 8 * 1024;  ///< With the query: UntagResource puts 50 keys there.
  std::size_t path_bytes_max = 2 * 1024;
  std::size_t body_bytes_max = 1024 * 1024;
};

/// How the body is framed.
struct BodyFrame {
  std::size_t length = 0;  ///< Of a body that is not chunked.
  bool is_chunked = false;
  bool wants_continue = false;  ///< Expect: 100-continue.
};

/// Parses a head: the request line and the headers, each line with its CRLF, without the empty line
/// at the end. Strict: what could be read in two ways is refused (two lengths, a length and chunks,
/// folded lines, control characters, a host that is missing or comes twice, targets that are no
/// path). Pure.
std::optional<HttpRefusal> parse_head(std::string_view head, const HeadLimits& limits,
                                      HttpRequest& request, BodyFrame& frame);

/// Takes whole chunks off `bytes` and puts what they hold onto `body`. `is_done` becomes true with
/// the last chunk and its trailers, which must be headers and are thrown away. Nothing is taken of
/// a chunk that is not all there yet.
std::optional<HttpRefusal> take_chunks(std::string_view& bytes, const HeadLimits& limits,
                                       std::string& body, bool& is_done);

}  // namespace dray::server
