#pragma once
#include <memory>

#include "api/server/admission.h"

namespace dray::test {

/// Takes everybody for one admin, for tests of what lies behind the signatures. Only tests can have
/// it: no option of the scheduler leads here.
class OpenAdmission : public server::Admission {
 public:
  OpenAdmission() {
    auto key = std::make_shared<auth::Key>();
    key->caller = {"TESTKEY", "tester", Role::Admin, "*"};
    key_ = std::move(key);
  }
  [[nodiscard]] server::Admitted admit(const server::HttpRequest& /*request*/) override {
    return {key_, false, {}};
  }
  [[nodiscard]] bool is_still_in(const server::HttpRequest& /*request*/) override { return true; }
  [[nodiscard]] std::optional<server::HttpResponse> answer_session(
      const server::HttpRequest& /*request*/) override {
    return std::nullopt;
  }

 private:
  std::shared_ptr<const auth::Key> key_;
};

}  // namespace dray::test
