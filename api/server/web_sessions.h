#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "api/auth/digests.h"
#include "api/backend.h"
#include "api/server/http_message.h"
#include "model/instant.h"

namespace dray::server {

/// Browsers sign in with an access key once and hold a cookie then: HttpOnly, SameSite=Strict, and
/// on TLS `__Host-` and Secure. The cookie says which key and since when, and is signed with what
/// only this scheduler knows: nothing is kept, it survives restarts, and it ends after twelve
/// hours, when its key is disabled or when its browser signs out. Any thread.
class WebSessions {
 public:
  /// `backend` must outlive it.
  WebSessions(api::Backend& backend, bool is_tls);

  /// The key that the request's cookie stands for; null when there is none that counts.
  [[nodiscard]] std::shared_ptr<const auth::Key> find(const HttpRequest& request,
                                                      WallTime now) const;
  /// POST {"accessKeyId","secretAccessKey"}: 200 and the cookie, or 403.
  [[nodiscard]] HttpResponse sign_in(const HttpRequest& request, WallTime now) const;
  /// DELETE: the cookie does not count any more.
  HttpResponse sign_out(const HttpRequest& request, WallTime now);

 private:
  struct Cookie {
    std::string key_id;
    std::int64_t since_ms = 0;
    std::string name;  ///< Of this session.
  };
  [[nodiscard]] std::optional<Cookie> read(const HttpRequest& request) const;
  [[nodiscard]] auth::Digest seal_of(std::string_view text) const;
  [[nodiscard]] std::string cookie_line(std::string_view value, std::int64_t seconds) const;

  api::Backend& backend_;
  const bool is_tls_;
  const std::string cookie_name_;
  const auth::Digest secret_;
  mutable std::mutex mutex_;
  std::map<std::string, std::int64_t> signed_out_;  ///< Until when to remember. Guarded by mutex_.
};

}  // namespace dray::server
