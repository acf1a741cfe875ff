#pragma once
#include <memory>
#include <optional>
#include <string>

#include "api/auth/verifier.h"
#include "api/backend.h"
#include "api/server/http_message.h"
#include "api/server/web_sessions.h"

namespace dray::server {

/// Whom a request comes from.
struct Admitted {
  std::shared_ptr<const auth::Key> key;  ///< Null: nobody was recognised, and `refusal` says why.
  bool by_session = false;               ///< By a browser's cookie, not by a signature.
  auth::AuthError refusal;
};

/// Tells who asks: the door's eyes. Any thread.
class Admission {
 public:
  virtual ~Admission() = default;
  [[nodiscard]] virtual Admitted admit(const HttpRequest& request) = 0;
  /// Whether a caller that was let in with this request would be again, whatever its signature's
  /// age: its key is active, its session has not ended.
  [[nodiscard]] virtual bool is_still_in(const HttpRequest& request) = 0;
  /// Signs browsers in and out: POST and DELETE of /dray/v1/session. Nothing for others.
  [[nodiscard]] virtual std::optional<HttpResponse> answer_session(const HttpRequest& request) = 0;
};

/// Signatures by access keys, or a browser's session that began with one. There is no other way in.
class SignedAdmission : public Admission {
 public:
  /// `backend` must outlive it.
  SignedAdmission(api::Backend& backend, bool is_tls)
      : backend_(backend), sessions_(backend, is_tls) {}
  [[nodiscard]] Admitted admit(const HttpRequest& request) override;
  [[nodiscard]] bool is_still_in(const HttpRequest& request) override;
  [[nodiscard]] std::optional<HttpResponse> answer_session(const HttpRequest& request) override;

 private:
  api::Backend& backend_;
  auth::Verifier verifier_;
  WebSessions sessions_;
};

/// In the words and the form of the service that was asked.
HttpResponse refusal_of(const HttpRequest& request, const auth::AuthError& error);
/// 403 for what the caller may not do.
HttpResponse forbidden(const HttpRequest& request, const std::string& reason);

}  // namespace dray::server
