#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What the link's bytes look like: frames, each a u32 length of the payload (little endian), a u8
/// kind and the payload. What a payload holds: link_codec.h.
namespace dray::wire {

inline constexpr std::size_t kFrameHead = 5;
inline constexpr std::size_t kFramePayloadMax = 8 * 1024 * 1024;

/// Golden: numbers are never used twice.
enum class FrameKind : std::uint8_t {
  Hello = 1,
  LeaseAsked = 2,
  Facts = 3,
  Welcome = 16,
  HelloRefused = 17,
  LeaseGranted = 18,
  StartAttempts = 19,
  RetractAttempts = 20,
  StopAttempts = 21,
  AcknowledgeEnds = 22,
  LogHello = 32,
  LogBytes = 33,
  LogStored = 34,
};

struct Frame {
  std::uint8_t kind = 0;  ///< As it came: may be no FrameKind.
  std::string payload;
  bool operator==(const Frame&) const = default;
};

/// Appends one frame to `out`; `payload` has at most kFramePayloadMax bytes.
void append_frame(std::string& out, FrameKind kind, std::string_view payload);

/// Cuts a stream of bytes into frames. Bytes may arrive in any pieces.
class FrameParser {
 public:
  /// No payload longer than `payload_max` is taken.
  explicit FrameParser(std::size_t payload_max) : payload_max_(payload_max) {}
  FrameParser() : FrameParser(kFramePayloadMax) {}
  /// More bytes of the stream. Keeps what is not yet a whole frame.
  void feed(std::string_view bytes);
  /// The next whole frame, or nothing: more bytes are needed, or the stream is broken.
  std::optional<Frame> next();
  /// A head promised a payload that is too long. Nothing is read from then on.
  [[nodiscard]] bool is_broken() const { return is_broken_; }

 private:
  std::size_t payload_max_;
  std::string bytes_;
  std::size_t taken_ = 0;  ///< Bytes of `bytes_` that were given out.
  bool is_broken_ = false;
};

}  // namespace dray::wire
