#pragma once
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace dray {

/// Why something was refused, by what the caller can do about it. Mapped to AWS's shapes in
/// api/server/http_errors, and only there.
enum class ErrorCode {
  BadRequest,   ///< The request is wrong; sending it again will not help. AWS: ClientException.
  NotFound,     ///< No such thing. On Batch's own paths AWS says ClientException here too.
  Conflict,     ///< The thing exists already, or is in use, or is in the wrong state.
  NotAllowed,   ///< The caller may not do this.
  Unavailable,  ///< Not now (disk full, queue full, stopping): try again. HTTP 503.
  Internal,     ///< The program's fault; details are in the log, not in the answer.
};

/// A refusal, as a value. `reason` is a sentence for people, and the words AWS's clients match.
struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string reason;
  bool operator==(const Error&) const = default;
};

/// A value or a refusal. When the compiler has std::expected, this line changes and nothing else.
template <class T>
using Result = tl::expected<T, Error>;

/// `return refuse(ErrorCode::NotFound, "...")` from any function that returns a Result.
inline tl::unexpected<Error> refuse(ErrorCode code, std::string reason) {
  return tl::unexpected<Error>(Error{code, std::move(reason)});
}

}  // namespace dray
