#pragma once
#include <string>

#include <tl/expected.hpp>

namespace dray::client {

/// Why a call brought nothing, by what the caller can do about it.
enum class FailureKind {
  Unreachable,  ///< No connection, or it broke before the answer came.
  Unavailable,  ///< The scheduler answers, but not now (429, 500, 502, 503, 504): try again.
  NotFound,     ///< No such thing.
  NotAllowed,   ///< 401 or 403.
  Refused,      ///< The request is wrong or in conflict; sending it again will not help.
  Unreadable,   ///< The answer is not what a scheduler says: is something else on that port?
};

/// A call that failed, with AWS's own words where there are any.
struct Failure {
  FailureKind kind = FailureKind::Unreachable;
  std::string message;     ///< A sentence or the beginning of one; never empty.
  std::string type;        ///< AWS's exception name, "ClientException".
  std::string request_id;  ///< Of the answer; empty when there was none.

  /// True when the same call may go through a little later.
  [[nodiscard]] bool may_pass() const {
    return kind == FailureKind::Unreachable || kind == FailureKind::Unavailable;
  }
};

template <class T>
using Reply = tl::expected<T, Failure>;

}  // namespace dray::client
