#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "api/server/http_head.h"

namespace dray::server {

/// Every bound that the gate keeps. The defaults are meant for use as they are.
struct GateLimits {
  HeadLimits framing;

  // Deadlines are for the whole of what they name: a byte now and then buys no time.
  std::chrono::milliseconds handshake_deadline{10'000};
  std::chrono::milliseconds head_deadline{10'000};  ///< From its first byte to its last.
  std::chrono::milliseconds body_deadline{30'000};
  std::chrono::milliseconds write_deadline{30'000};   ///< An answer, or a piece of a download.
  std::chrono::milliseconds idle_deadline{60'000};    ///< A kept connection without a request.
  std::chrono::milliseconds parting_deadline{1'000};  ///< For the peer to read the last answer.
  std::chrono::milliseconds stop_deadline{5'000};     ///< For what is being answered at a stop.

  std::size_t requests_per_connection_max = 10'000;
  std::size_t threads = 64;                ///< Requests answered at once.
  std::size_t requests_waiting_max = 256;  ///< For a thread; more are answered 503.
  std::size_t downloads_max = 64;          ///< At once; more are answered 503.

  /// Open at once. Beyond it the connection that has been idle longest gives way to the new one, or
  /// else the one that has been sending a request longest, and longer than `patience`; or else the
  /// new one is answered 503. Never more than three quarters of the process's files.
  std::size_t connections_max = 12'288;
  std::chrono::milliseconds patience{1'000};
  std::size_t connections_per_address_max = 2'048;
  /// Requests a second, in the mean, and twice as many in a burst; more are answered 429. 0: any.
  std::uint32_t address_rate = 10'000;
  std::uint32_t key_rate = 10'000;
  /// Limits of an address do not hold for loopback: behind a proxy here everybody comes from there.
  bool spares_loopback = true;

  /// Bytes of requests and answers that clients are slow to send or to read, in all. Beyond it
  /// whoever holds most for longest is dropped.
  std::size_t held_bytes_max = 32 * 1024 * 1024;
};

}  // namespace dray::server
