#include "api/server/gate/channel.h"

#include <cerrno>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace dray::server {
namespace {

using boost::asio::ip::tcp;

constexpr std::string_view kNotPlain =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n"
    "Content-Length: 74\r\n\r\n"
    "{\"message\":\"This port speaks HTTPS: use a URL that begins with https://\"}";

Channel::Step after_system_call(Channel::Step when_not_ready) {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? when_not_ready
                                                                   : Channel::Step::Ended;
}

}  // namespace

Channel::Channel(tcp::socket socket, const ServerTls* tls) : socket_(std::move(socket)), tls_(tls) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
}

Channel::~Channel() {
  ServerTls::free_session(session_);
}

Channel::Step Channel::after_tls(int result) {
  switch (SSL_get_error(session_, result)) {
    case SSL_ERROR_WANT_READ:
      return Step::WantsRead;
    case SSL_ERROR_WANT_WRITE:
      return Step::WantsWrite;
    default:
      is_broken_ = true;
      return Step::Ended;
  }
}

/// A session is large: nobody gets one for a connection alone. The first byte tells who speaks
/// plain HTTP: TLS begins with no letter, every method does.
Channel::Step Channel::begin_session() {
  char first = 0;
  const ssize_t count = ::recv(socket_.native_handle(), &first, 1, MSG_PEEK);
  if (count <= 0) {
    return count == 0 ? Step::Ended : after_system_call(Step::WantsRead);
  }
  if (first >= 'A' && first <= 'Z') {
    ::send(socket_.native_handle(), kNotPlain.data(), kNotPlain.size(), MSG_NOSIGNAL);
    is_broken_ = true;
    return Step::Ended;
  }
  session_ = tls_->new_session(socket_.native_handle());
  return session_ == nullptr ? Step::Ended : Step::Done;
}

Channel::Step Channel::handshake() {
  if (tls_ == nullptr || is_closed_) {
    return is_closed_ ? Step::Ended : Step::Done;
  }
  if (session_ == nullptr) {
    const Step step = begin_session();
    if (step != Step::Done) {
      return step;
    }
  }
  ERR_clear_error();
  const int result = SSL_do_handshake(session_);
  return result == 1 ? Step::Done : after_tls(result);
}

Channel::Step Channel::read(std::span<char> to, std::size_t& got) {
  if (is_closed_) {
    return Step::Ended;
  }
  if (session_ != nullptr && !is_broken_) {
    ERR_clear_error();
    const int result = SSL_read_ex(session_, to.data(), to.size(), &got);
    return result == 1 ? Step::Done : after_tls(result);
  }
  const ssize_t count = ::recv(socket_.native_handle(), to.data(), to.size(), 0);
  if (count <= 0) {
    return count == 0 ? Step::Ended : after_system_call(Step::WantsRead);
  }
  got = static_cast<std::size_t>(count);
  return Step::Done;
}

Channel::Step Channel::write(std::string_view bytes, std::size_t& sent) {
  if (is_closed_ || is_broken_ || is_tls() != (session_ != nullptr)) {
    return Step::Ended;
  }
  if (session_ != nullptr) {
    ERR_clear_error();
    const int result = SSL_write_ex(session_, bytes.data(), bytes.size(), &sent);
    return result == 1 ? Step::Done : after_tls(result);
  }
  const ssize_t count = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count < 0) {
    return after_system_call(Step::WantsWrite);
  }
  sent = static_cast<std::size_t>(count);
  return Step::Done;
}

void Channel::finish() {
  if (session_ != nullptr && !is_broken_ && SSL_is_init_finished(session_) != 0) {
    ERR_clear_error();
    SSL_shutdown(session_);
  }
  boost::system::error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Channel::close() {
  is_closed_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace dray::server
