#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/backend.h"
#include "api/server/admission.h"
#include "api/server/event_streams.h"
#include "api/server/gate/limits.h"
#include "model/error.h"

namespace dray::server {

/// Where the door listens, what it calls itself in ARNs, and the bounds it keeps.
struct HttpSettings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8470;         ///< 0: the kernel picks a free one.
  std::string tls_certificate_file;  ///< With its key: HTTPS, and no plain HTTP.
  std::string tls_key_file;
  std::string region = "us-east-1";
  std::string account = "000000000000";  ///< 12 digits.
  std::string version = "0";
  std::string commit;
  std::vector<std::string> host_names;  ///< Answered to in Host, beside loopback's names.
  std::string web_dir;                  ///< The status page from there, not from the binary.
  GateLimits limits;
  StreamSettings streams;
};

/// The listening HTTP socket: AWS Batch, CloudWatch Logs and Dray's own paths on one port.
/// Call bind(), then run() on a thread of its own, then stop() from any other thread.
class HttpServer {
 public:
  /// Keeps `backend` and calls it from many threads; it must outlive the server.
  HttpServer(api::Backend& backend, HttpSettings settings);
  /// Lets another say who asks: for tests of what lies behind. It must outlive the server.
  HttpServer(api::Backend& backend, HttpSettings settings, Admission& admission);
  /// Stops first. run() must have returned.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Takes the address; the port that was taken. Unavailable when it cannot be had, BadRequest when
  /// certificate or key cannot be used.
  Result<std::uint16_t> bind();
  /// Serves until stop(). Requests that are being answered are finished first.
  void run();
  /// Ends run(). May be called at any time, from any thread, more than once.
  void stop();
  /// Event streams that are open.
  [[nodiscard]] std::size_t streams_open() const;

 private:
  struct Rooms;
  std::unique_ptr<Rooms> rooms_;
};

}  // namespace dray::server
