#include "cli/waiting_reason.h"

#include "cli/durations.h"

namespace dray::cli {
namespace {

constexpr Duration kFirstLook = std::chrono::milliseconds(300);
constexpr Duration kNextLook = std::chrono::seconds(2);

}  // namespace

void WaitingReason::look(Session& session) {
  const Instant at = now();
  if (!due_) {
    due_ = at + kFirstLook;
    return;
  }
  if (at < *due_) {
    return;
  }
  due_ = at + kNextLook;
  const client::Reply<wire::ExplanationView> explanation = session.client.explain(id_);
  if (!explanation || explanation->sentence.empty() || explanation->sentence == said_) {
    return;
  }
  said_ = explanation->sentence;
  session.note(id_ + " waits: " + harmless(said_));
}

bool LostServer::is_worth_waiting(const Session& session, const client::Failure& failure) {
  if (!failure.may_pass()) {
    return false;
  }
  if (!since_) {
    since_ = now();
    say("dray: " + harmless(failure.message) + "; trying again for " + duration_text(patience_));
  }
  static_cast<void>(session);
  return now() - *since_ < patience_;
}

void LostServer::is_back(const Session& session) {
  if (since_) {
    since_.reset();
    session.note("dray: the server is back");
  }
}

}  // namespace dray::cli
