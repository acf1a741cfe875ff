#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dray::server {

/// What the gate turns away, for /metrics.
enum class Refused : std::uint8_t {
  // Connections.
  TooMany,
  AddressHasTooMany,
  NoFileLeft,
  GaveWay,  ///< Idle, for a new one.
  Handshake,
  // Requests.
  Broken,
  TooLarge,
  Late,
  AddressTooOften,
  KeyTooOften,
  Busy,
  HeldTooMuch,
  SlowReader,
};
inline constexpr std::size_t kRefusedKinds = static_cast<std::size_t>(Refused::SlowReader) + 1;
inline constexpr std::size_t kRefusedConnectionKinds = static_cast<std::size_t>(Refused::Broken);

std::string_view word_of(Refused what);
/// The kind of a refusal with that status of HTTP.
Refused refused_by(int status);

/// Any thread.
struct GateCounts {
  std::atomic<std::size_t> connections_open = 0;
  std::array<std::atomic<std::uint64_t>, kRefusedKinds> refused{};
  void note(Refused what) { ++refused[static_cast<std::size_t>(what)]; }
};

}  // namespace dray::server
