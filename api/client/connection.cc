#include "api/client/connection.h"

#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include <httplib.h>

#include "api/wire/client_responses.h"

namespace dray::client {
namespace {

std::string lower(std::string text) {
  for (char& c : text) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

/// Why there is no answer. httplib keeps no errno of its own, but leaves the thread's as the system
/// set it when a connection was refused.
std::string why_unreachable(httplib::Error error, int system_error) {
  switch (error) {
    case httplib::Error::Connection:
      return system_error == 0 || system_error == EINPROGRESS ? "connection refused"
                                                              : std::strerror(system_error);
    case httplib::Error::ConnectionTimeout:
      return "no answer to the connection attempt";
    case httplib::Error::Read:
      return "the connection broke, or no answer came in time";
    case httplib::Error::Write:
      return "the connection broke while sending";
    case httplib::Error::SSLServerVerification:
      return "its certificate is not trusted, or is for another name; name its CA with --ca-bundle "
             "or AWS_CA_BUNDLE";
    case httplib::Error::SSLConnection:
      return "no TLS there; is it http:// instead of https://?";
    case httplib::Error::SSLLoadingCerts:
      return "the file of the CA (--ca-bundle, AWS_CA_BUNDLE) cannot be read";
    default:
      return httplib::to_string(error);
  }
}

FailureKind kind_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return FailureKind::NotAllowed;
    case 404:
      return FailureKind::NotFound;
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return FailureKind::Unavailable;
    default:
      return FailureKind::Refused;
  }
}

Failure failure_of(const httplib::Response& response) {
  wire::ErrorView error = wire::decode_error(response.body);
  Failure failure;
  failure.kind = kind_of(response.status);
  failure.type = error.type.empty() ? response.get_header_value("x-amzn-errortype") : error.type;
  failure.request_id = response.get_header_value("x-amzn-RequestId");
  failure.message = error.message.empty()
                        ? "the server answered with HTTP status " + std::to_string(response.status)
                        : std::move(error.message);
  return failure;
}

}  // namespace

struct Client::Connection::Socket {
  httplib::Client http;
};

Client::Connection::Connection(std::unique_ptr<Socket> socket, ClientSettings settings,
                               std::string prefix, std::string host)
    : socket_(std::move(socket)),
      settings_(std::move(settings)),
      prefix_(std::move(prefix)),
      host_(std::move(host)) {}

Client::Connection::~Connection() = default;

std::unique_ptr<Client::Connection> Client::Connection::open(const ClientSettings& settings) {
  const bool is_tls = settings.url.starts_with("https://");
  const std::size_t host = is_tls ? 8 : 7;
  if ((!is_tls && !settings.url.starts_with("http://")) || host == settings.url.size()) {
    return nullptr;
  }
  const std::size_t path = settings.url.find('/', host);
  std::string prefix = path == std::string::npos ? "" : settings.url.substr(path);
  while (prefix.ends_with('/')) {
    prefix.pop_back();
  }
  auto socket = std::make_unique<Socket>(Socket{httplib::Client(settings.url.substr(0, path))});
  if (!socket->http.is_valid()) {
    return nullptr;
  }
  if (is_tls && !settings.ca_bundle.empty()) {
    socket->http.set_ca_cert_path(settings.ca_bundle);
  }
  socket->http.set_connection_timeout(settings.connect_timeout);
  socket->http.set_read_timeout(settings.answer_timeout);
  socket->http.set_write_timeout(settings.answer_timeout);
  socket->http.set_keep_alive(true);
  socket->http.set_tcp_nodelay(true);
  return std::unique_ptr<Connection>(
      new Connection(std::move(socket), settings, std::move(prefix),
                     settings.url.substr(host, path == std::string::npos ? path : path - host)));
}

namespace {

Reply<Answer> answer_of(const httplib::Result& result, const std::string& url) {
  const int system_error = errno;
  if (!result) {
    return tl::unexpected(Failure{
        FailureKind::Unreachable,
        "cannot reach " + url + ": " + why_unreachable(result.error(), system_error), "", ""});
  }
  if (result->status < 200 || result->status > 299) {
    return tl::unexpected(failure_of(*result));
  }
  Answer answer;
  answer.body = result->body;
  for (const auto& [name, value] : result->headers) {
    answer.headers[lower(name)] = value;
  }
  return answer;
}

}  // namespace

struct Client::Connection::Asked {
  const char* method;
  std::string path;
  std::string body;
  std::string content_type;
};

Reply<Answer> Client::Connection::send(const Asked& asked) {
  httplib::Request request;
  request.method = asked.method;
  request.path = prefix_ + asked.path;
  request.body = asked.body;
  request.set_header("Host", host_);
  if (!asked.content_type.empty()) {
    request.set_header("Content-Type", asked.content_type);
  }
  if (!settings_.credentials.is_empty()) {
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    const auth::ToSign to_sign{asked.method, request.path, host_, asked.content_type, asked.body};
    for (const auto& [name, value] :
         auth::sign(to_sign, settings_.credentials, WallTime{now.count()})) {
      request.set_header(name, value);
    }
  }
  errno = 0;
  const httplib::Result result = socket_->http.send(request);
  return answer_of(result, settings_.url);
}

Reply<Answer> Client::Connection::get(const std::string& path) {
  return send({"GET", path, "", ""});
}

Reply<Answer> Client::Connection::post(const std::string& path, const std::string& body) {
  return send({"POST", path, body, "application/json"});
}

Reply<Answer> Client::Connection::remove(const std::string& path) {
  return send({"DELETE", path, "", ""});
}

std::string path_part(const std::string& text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::strchr("-_.~:", c) != nullptr) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

}  // namespace dray::client
