#include "api/server/browser_guard.h"

#include <algorithm>
#include <array>
#include <utility>

#include <arpa/inet.h>

#include "api/server/http_errors.h"

namespace dray::server {
namespace {

constexpr std::array<std::string_view, 3> kFormTypes{"application/x-www-form-urlencoded",
                                                     "multipart/form-data", "text/plain"};

std::string lower_text(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

/// "localhost:8470" -> "localhost", "[::1]:8470" -> "::1".
std::string name_in(std::string_view host) {
  if (host.starts_with('[')) {
    return lower_text(host.substr(1, host.find(']') - 1));
  }
  const std::size_t colon = host.find(':');
  std::string name = lower_text(host.substr(0, colon));
  if (name.ends_with('.')) {
    name.pop_back();
  }
  return name;
}

/// Names can be made to lead here by whoever owns them; an address in a URL is where one is.
bool is_address(const std::string& name) {
  in6_addr bytes{};
  return ::inet_pton(AF_INET, name.c_str(), &bytes) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), &bytes) == 1;
}

bool is_read(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
}

HttpResponse refusal(int status, std::string_view reason) {
  return refusal_response(status, "AccessDeniedException", reason);
}

std::optional<HttpResponse> refuse_change(const HttpRequest& request) {
  const std::string origin = lower_text(request.header("origin"));
  const std::string host = lower_text(request.header("host"));
  const bool is_same = origin.empty() || origin == "http://" + host || origin == "https://" + host;
  if (!is_same) {
    return refusal(403, "A web page of another origin may not change anything here");
  }
  const std::string given = lower_text(request.header("content-type"));
  const std::string type = given.substr(0, given.find_first_of("; "));
  const bool is_form = std::find(kFormTypes.begin(), kFormTypes.end(), type) != kFormTypes.end();
  // STS's GetCallerIdentity is a form by its nature, and changes nothing.
  if (is_form && request.target != "/") {
    return refusal(415, "The Content-Type must be application/json");
  }
  return std::nullopt;
}

}  // namespace

BrowserGuard::BrowserGuard(std::string host, std::vector<std::string> names, bool is_tls)
    : host_(lower_text(host)), names_(std::move(names)), is_tls_(is_tls) {
  std::transform(names_.begin(), names_.end(), names_.begin(), lower_text);
}

bool BrowserGuard::is_ours(std::string_view host) const {
  const std::string name = name_in(host);
  return name == "localhost" || name.ends_with(".localhost") || name == host_ || is_address(name) ||
         std::find(names_.begin(), names_.end(), name) != names_.end();
}

std::optional<HttpResponse> BrowserGuard::refuse(const HttpRequest& request) const {
  const std::string host = request.header("host");
  if (!is_tls_ && !host.empty() && !is_ours(host)) {
    return refusal(421,
                   "The scheduler does not answer to this host name: start it with "
                   "--http-host-name NAME if it should");
  }
  const std::string site = request.header("sec-fetch-site");
  const bool is_foreign = site == "cross-site" || site == "same-site";
  const bool is_led_here = request.header("sec-fetch-mode") == "navigate" && is_read(request);
  if (is_foreign && !is_led_here) {
    return refusal(403, "A web page of another site may not ask this");
  }
  return is_read(request) ? std::nullopt : refuse_change(request);
}

}  // namespace dray::server
