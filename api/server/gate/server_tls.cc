#include "api/server/gate/server_tls.h"

#include <utility>

#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>

namespace dray::server {

struct ServerTls::Context {
  boost::asio::ssl::context ssl{boost::asio::ssl::context::tls_server};
};

ServerTls::ServerTls(std::unique_ptr<Context> context) : context_(std::move(context)) {}

ServerTls::~ServerTls() = default;

Result<std::unique_ptr<ServerTls>> ServerTls::load(const std::string& certificate_file,
                                                   const std::string& key_file) {
  auto context = std::make_unique<Context>();
  SSL_CTX* const native = context->ssl.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Idle sessions give their buffers back; none is remembered beside its ticket.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                               SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  boost::system::error_code failure;
  context->ssl.use_certificate_chain_file(certificate_file, failure);
  if (failure) {
    return refuse(ErrorCode::BadRequest,
                  "cannot use the certificate " + certificate_file + ": " + failure.message());
  }
  context->ssl.use_private_key_file(key_file, boost::asio::ssl::context::pem, failure);
  if (failure) {
    return refuse(ErrorCode::BadRequest,
                  "cannot use the key " + key_file + ": " + failure.message());
  }
  if (SSL_CTX_check_private_key(native) != 1) {
    return refuse(ErrorCode::BadRequest,
                  "the key " + key_file + " is not that of the certificate " + certificate_file);
  }
  return std::unique_ptr<ServerTls>(new ServerTls(std::move(context)));
}

ssl_st* ServerTls::new_session(int socket) const {
  SSL* const session = SSL_new(context_->ssl.native_handle());
  if (session != nullptr && SSL_set_fd(session, socket) == 1) {
    SSL_set_accept_state(session);
    return session;
  }
  SSL_free(session);
  return nullptr;
}

void ServerTls::free_session(ssl_st* session) {
  SSL_free(session);
}

}  // namespace dray::server
