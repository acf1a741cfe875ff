#include <cstdint>
#include <string_view>

#include "api/wire/frame.h"
#include "api/wire/link_codec.h"

/// Bytes of a peer of the link: no frame breaks a decoder, and what is decoded can be sent on.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dray::wire;
  FrameParser parser;
  parser.feed({reinterpret_cast<const char*>(data), size});
  while (const auto frame = parser.next()) {
    if (const auto message = decode_agent_message(*frame)) {
      static_cast<void>(encode(*message));
    }
    if (const auto message = decode_scheduler_message(*frame)) {
      static_cast<void>(encode(*message));
    }
    if (const auto message = decode_log_message(*frame)) {
      static_cast<void>(encode(*message));
    }
  }
  return 0;
}
