#pragma once
#include <memory>
#include <string>

#include "model/error.h"

struct ssl_st;

namespace dray::server {

/// A server's certificate and key, and what TLS it speaks: 1.2 and up.
class ServerTls {
 public:
  /// Files in PEM: the certificate with those that lead to its CA, and its key. The refusal is a
  /// sentence for the operator.
  static Result<std::unique_ptr<ServerTls>> load(const std::string& certificate_file,
                                                 const std::string& key_file);
  ~ServerTls();
  ServerTls(const ServerTls&) = delete;
  ServerTls& operator=(const ServerTls&) = delete;

  /// A session on that socket, which stays the caller's; to be freed with free_session.
  [[nodiscard]] ssl_st* new_session(int socket) const;
  static void free_session(ssl_st* session);

 private:
  struct Context;
  explicit ServerTls(std::unique_ptr<Context> context);
  std::unique_ptr<Context> context_;
};

}  // namespace dray::server
