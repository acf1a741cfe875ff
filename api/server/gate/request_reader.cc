#include "api/server/gate/request_reader.h"

#include <algorithm>
#include <utility>

namespace dray::server {
namespace {

constexpr std::size_t kKeptCapacityMax = 1024;

/// Whether `bytes` has, from `from` on, a line end that is not a CRLF.
bool has_bare_line_end(std::string_view bytes, std::size_t from, std::size_t end) {
  for (std::size_t at = bytes.find('\n', from); at < end; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') {
      return true;
    }
  }
  return false;
}

}  // namespace

RequestReader::Got RequestReader::next(HttpRequest& request, HttpRefusal& refusal) {
  if (!is_in_body_) {
    const Got got = read_head(refusal);
    if (got != Got::Request) {
      return got;
    }
    is_in_body_ = true;
  }
  const Got got = read_body(refusal);
  if (got == Got::Request) {
    is_in_body_ = false;
    looked_at_ = 0;
    if (bytes_.empty() && bytes_.capacity() > kKeptCapacityMax) {
      bytes_ = std::string();  // An idle connection holds nothing.
    }
    request = std::exchange(request_, {});
  }
  return got;
}

RequestReader::Got RequestReader::read_head(HttpRefusal& refusal) {
  const std::size_t from = looked_at_ < 3 ? 0 : looked_at_ - 3;
  const std::size_t end = bytes_.find("\r\n\r\n", from);
  if (has_bare_line_end(bytes_, looked_at_, std::min(end, bytes_.size()))) {
    refusal = {400, "Lines must end with CR and LF"};
    return Got::Refusal;
  }
  // The end itself may be here but for its last byte.
  const std::size_t size =
      end == std::string::npos ? bytes_.size() - std::min<std::size_t>(bytes_.size(), 3) : end;
  if (size > limits_->head_bytes_max) {
    refusal = {431, "The head of the request is too large"};
    return Got::Refusal;
  }
  if (end == std::string::npos) {
    looked_at_ = bytes_.size();
    return Got::Nothing;
  }
  request_ = {};
  frame_ = {};
  const std::string_view head = std::string_view(bytes_).substr(0, end + 2);
  if (const auto refused = parse_head(head, *limits_, request_, frame_)) {
    refusal = *refused;
    return Got::Refusal;
  }
  bytes_.erase(0, end + 4);
  return Got::Request;
}

RequestReader::Got RequestReader::read_body(HttpRefusal& refusal) {
  if (!frame_.is_chunked) {
    if (bytes_.size() < frame_.length) {
      return Got::Nothing;
    }
    if (bytes_.size() == frame_.length) {
      request_.body = std::exchange(bytes_, {});
    } else {
      request_.body = bytes_.substr(0, frame_.length);
      bytes_.erase(0, frame_.length);
    }
    return Got::Request;
  }
  std::string_view rest = bytes_;
  bool is_done = false;
  if (const auto refused = take_chunks(rest, *limits_, request_.body, is_done)) {
    refusal = *refused;
    return Got::Refusal;
  }
  bytes_.erase(0, bytes_.size() - rest.size());
  return is_done ? Got::Request : Got::Nothing;
}

bool RequestReader::take_invitation() {
  // Who sends without waiting needs none.
  const bool is_due = is_in_body_ && frame_.wants_continue && bytes_.empty();
  if (is_in_body_) {
    frame_.wants_continue = false;
  }
  return is_due;
}

}  // namespace dray::server
