#include "api/server/web_sessions.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "api/server/chance.h"
#include "api/server/http_errors.h"
#include "api/wire/dray_access.h"

namespace dray::server {
namespace {

constexpr std::int64_t kSessionMs = 12LL * 60 * 60 * 1000;
constexpr std::size_t kSignedOutMax = 10'000;

std::string_view skip_blanks(std::string_view text) {
  while (text.starts_with(' ')) {
    text.remove_prefix(1);
  }
  return text;
}

/// Takes what stands before the next dot.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find('.'), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

}  // namespace

WebSessions::WebSessions(api::Backend& backend, bool is_tls)
    : backend_(backend),
      is_tls_(is_tls),
      cookie_name_(is_tls ? "__Host-dray-session" : "dray-session"),
      secret_(auth::hmac_sha256(backend.session_secret(), "dray web sessions")) {}

auth::Digest WebSessions::seal_of(std::string_view text) const {
  return auth::hmac_sha256(secret_, text);
}

std::optional<WebSessions::Cookie> WebSessions::read(const HttpRequest& request) const {
  const std::string cookies = request.header("cookie");
  std::string_view rest = cookies;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view one = skip_blanks(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!one.starts_with(cookie_name_ + '=')) {
      continue;
    }
    const std::string_view value = one.substr(cookie_name_.size() + 1);
    const std::size_t last_dot = value.rfind('.');
    if (last_dot == std::string_view::npos) {
      return std::nullopt;
    }
    const auto seal = auth::parse_hex(value.substr(last_dot + 1));
    if (!seal || !auth::is_same(*seal, seal_of(value.substr(0, last_dot)))) {
      return std::nullopt;
    }
    std::string_view words = value.substr(0, last_dot);
    Cookie cookie;
    cookie.key_id = take_word(words);
    const std::string_view since = take_word(words);
    std::from_chars(since.data(), since.data() + since.size(), cookie.since_ms);
    cookie.name = words;
    return cookie;
  }
  return std::nullopt;
}

std::shared_ptr<const auth::Key> WebSessions::find(const HttpRequest& request, WallTime now) const {
  const std::optional<Cookie> cookie = read(request);
  if (!cookie || now.epoch_ms >= cookie->since_ms + kSessionMs) {
    return nullptr;
  }
  {
    const std::lock_guard lock(mutex_);
    if (signed_out_.contains(cookie->name)) {
      return nullptr;
    }
  }
  const std::shared_ptr<const auth::KeySet> keys = backend_.keys();
  const auto found = keys->find(cookie->key_id);
  return found == keys->end() ? nullptr : found->second;
}

std::string WebSessions::cookie_line(std::string_view value, std::int64_t seconds) const {
  return cookie_name_ + '=' + std::string(value) +
         "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(seconds) +
         (is_tls_ ? "; Secure" : "");
}

HttpResponse WebSessions::sign_in(const HttpRequest& request, WallTime now) const {
  const Result<wire::SignIn> given = wire::decode_sign_in(request.body);
  if (!given) {
    return error_response(Dialect::Dray, given.error());
  }
  const std::shared_ptr<const auth::KeySet> keys = backend_.keys();
  const auto found = keys->find(given->key_id);
  if (found == keys->end() || !auth::is_same(found->second->secret, given->secret)) {
    return refusal_response(403, "UnrecognizedClientException",
                            "There is no active access key with this id and secret");
  }
  const std::string text =
      given->key_id + '.' + std::to_string(now.epoch_ms) + '.' + to_string(fresh_uuid());
  backend_.note_key_used(*found->second);
  HttpResponse response;
  response.headers.emplace_back(
      "Set-Cookie", cookie_line(text + '.' + auth::to_hex(seal_of(text)), kSessionMs / 1000));
  response.body = wire::encode_caller(found->second->caller);
  return response;
}

HttpResponse WebSessions::sign_out(const HttpRequest& request, WallTime now) {
  if (const std::optional<Cookie> cookie = read(request)) {
    const std::lock_guard lock(mutex_);
    std::erase_if(signed_out_, [&](const auto& one) { return one.second < now.epoch_ms; });
    if (signed_out_.size() < kSignedOutMax) {
      signed_out_[cookie->name] = cookie->since_ms + kSessionMs;
    }
  }
  HttpResponse response;
  response.headers.emplace_back("Set-Cookie", cookie_line("", 0));
  response.body = "{}";
  return response;
}

}  // namespace dray::server
