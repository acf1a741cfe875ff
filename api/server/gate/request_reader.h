#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "api/server/http_head.h"
#include "api/server/http_message.h"

namespace dray::server {

/// Bytes of one connection in, whole requests out, one after another. Holds no more than a head, or
/// a body, of the largest size and what was fed beyond. Pure.
class RequestReader {
 public:
  /// `limits` must outlive it.
  explicit RequestReader(const HeadLimits& limits) : limits_(&limits) {}

  enum class Got : std::uint8_t {
    Nothing,  ///< More bytes are needed.
    Request,
    Refusal,  ///< To be answered; then the connection ends, for nobody knows where the next begins.
  };
  void feed(std::string_view bytes) { bytes_ += bytes; }
  Got next(HttpRequest& request, HttpRefusal& refusal);

  /// No byte of a next request is here.
  [[nodiscard]] bool is_empty() const { return bytes_.empty() && !is_in_body_; }
  /// The head is read, and its body is awaited.
  [[nodiscard]] bool is_in_body() const { return is_in_body_; }
  /// True once for each body that waits to be invited by a "100 Continue".
  bool take_invitation();
  /// Bytes in memory.
  [[nodiscard]] std::size_t held() const { return bytes_.size() + request_.body.size(); }

 private:
  Got read_head(HttpRefusal& refusal);
  Got read_body(HttpRefusal& refusal);

  const HeadLimits* limits_;
  std::string bytes_;
  std::size_t looked_at_ = 0;  ///< Of `bytes_`, for the end of the head.
  bool is_in_body_ = false;
  BodyFrame frame_;
  HttpRequest request_;  ///< Whose body is awaited.
};

}  // namespace dray::server
