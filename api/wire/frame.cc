#include "api/wire/frame.h"

#include "model/bytes.h"
#include "model/check.h"

namespace dray::wire {

void append_frame(std::string& out, FrameKind kind, std::string_view payload) {
  CHECK(payload.size() <= kFramePayloadMax);
  ByteWriter head;
  head.u32(static_cast<std::uint32_t>(payload.size()));
  head.u8(static_cast<std::uint8_t>(kind));
  out += head.bytes();
  out += payload;
}

void FrameParser::feed(std::string_view bytes) {
  if (is_broken_) {
    return;
  }
  if (taken_ > 0) {
    bytes_.erase(0, taken_);
    taken_ = 0;
  }
  bytes_ += bytes;
}

std::optional<Frame> FrameParser::next() {
  const std::string_view rest = std::string_view(bytes_).substr(taken_);
  if (is_broken_ || rest.size() < kFrameHead) {
    return std::nullopt;
  }
  ByteReader head(rest.substr(0, kFrameHead));
  const std::size_t length = head.u32();
  const std::uint8_t kind = head.u8();
  if (length > payload_max_) {
    is_broken_ = true;
    bytes_.clear();
    taken_ = 0;
    return std::nullopt;
  }
  if (rest.size() - kFrameHead < length) {
    return std::nullopt;
  }
  taken_ += kFrameHead + length;
  return Frame{kind, std::string(rest.substr(kFrameHead, length))};
}

}  // namespace dray::wire
