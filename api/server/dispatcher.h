#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "api/server/http_message.h"
#include "api/server/routes.h"

namespace dray::server {

/// A complete, bounded request in, the bytes of its answer out, by way of cpp-httplib, which never
/// sees a socket and never a header that it has no need of (D7). The only file of the server that
/// knows the library.
class Dispatcher {
 public:
  /// `routes` must outlive it. The numbers are told to clients in Keep-Alive.
  Dispatcher(const Routes& routes, std::chrono::milliseconds idle_deadline,
             std::size_t requests_per_connection_max);
  ~Dispatcher();

  /// May be called from many threads at once. `keeps_alive` says what the answer is to promise.
  [[nodiscard]] std::string answer(const HttpRequest& request, bool keeps_alive) const;
  /// The bytes of an answer made elsewhere, which closes the connection.
  [[nodiscard]] static std::string last_words(const HttpResponse& response);
  /// The same, of one that may keep the connection; without the body for a HEAD.
  [[nodiscard]] static std::string own_answer(const HttpResponse& response, bool keeps_alive,
                                              bool is_for_head);
  /// The head of an answer in chunks, which closes the connection.
  [[nodiscard]] static std::string chunked_head(const HttpResponse& response);
  /// One chunk; an empty one is the last.
  [[nodiscard]] static std::string chunk(std::string_view bytes);

 private:
  class Library;
  std::unique_ptr<Library> library_;
};

}  // namespace dray::server
