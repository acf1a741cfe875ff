#pragma once
#include <string>
#include <utility>

#include "api/wire/frame.h"
#include "model/bytes.h"
#include "model/error.h"

/// A message's payload on its way into a frame and out of one.
namespace dray::wire {

/// Long messages are cut about here, so that none comes near kFramePayloadMax.
inline constexpr std::size_t kCutAt = 512 * 1024;

inline std::string framed(FrameKind kind, ByteWriter payload) {
  std::string out;
  append_frame(out, kind, payload.bytes());
  return out;
}

/// What was read, if every byte of it was sound and none is left over.
template <class Message, class Read>
Result<Message> finish(ByteReader& in, Read read) {
  if (!in.is_ok() || !in.is_at_end()) {
    return refuse(ErrorCode::BadRequest, "A frame's payload is broken.");
  }
  return Message(std::move(read));
}

inline tl::unexpected<Error> unknown_kind(const Frame& frame) {
  return refuse(ErrorCode::BadRequest,
                "A frame of kind " + std::to_string(frame.kind) + " does not belong here.");
}

}  // namespace dray::wire
