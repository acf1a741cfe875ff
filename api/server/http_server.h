#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/backend.h"
#include "api/server/event_streams.h"
#include "model/error.h"

namespace dray::server {

/// Where the door listens, what it calls itself in ARNs, and every bound it keeps (guarantees,
/// 9.6). The defaults are meant for use as they are.
struct HttpSettings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8470;  ///< 0: the kernel picks a free one.
  std::string region = "us-east-1";
  std::string account = "000000000000";  ///< 12 digits.
  std::string version = "0";
  std::string commit;
  std::vector<std::string> host_names;  ///< Answered to in Host, beside loopback's names.
  std::string web_dir;                  ///< The status page from there, not from the binary.

  std::size_t head_bytes_max = 16 * 1024;  ///< Request line and headers together.
  std::size_t headers_max = 64;
  std::size_t target_bytes_max = 8 * 1024;  ///< The query included; the path: 2 KiB.
  std::size_t body_bytes_max = 1024 * 1024;
  std::chrono::milliseconds head_deadline{10'000};  ///< From its first byte to its last.
  std::chrono::milliseconds body_deadline{30'000};
  std::chrono::milliseconds write_deadline{30'000};
  std::chrono::milliseconds idle_deadline{15'000};  ///< A kept connection without a request.
  std::size_t requests_per_connection_max = 10'000;
  std::size_t threads = 64;                ///< Requests read and answered at once.
  std::size_t requests_waiting_max = 256;  ///< For a thread; more are answered 503.
  std::size_t connections_max = 8'192;     ///< Open at once, idle ones included; more get 503.
  StreamSettings streams;                  ///< Not counted in the above.
};

/// The listening HTTP socket: AWS Batch, CloudWatch Logs and Dray's own paths on one port.
/// Call bind(), then run() on a thread of its own, then stop() from any other thread.
class HttpServer {
 public:
  /// Keeps `backend` and calls it from many threads; it must outlive the server.
  HttpServer(api::Backend& backend, HttpSettings settings);
  /// Stops first. run() must have returned.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Takes the address; the port that was taken. Unavailable when it cannot be had.
  Result<std::uint16_t> bind();
  /// Serves until stop(). Connections that are being answered are finished first.
  void run();
  /// Ends run(). May be called at any time, from any thread, more than once.
  void stop();
  /// Event streams that are open.
  [[nodiscard]] std::size_t streams_open() const;

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace dray::server
