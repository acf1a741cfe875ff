#include "tests/bench/instant_agent.h"

#include <utility>
#include <variant>

namespace dray::bench {

InstantAgent::InstantAgent(boost::asio::io_context& io, const std::string& host, std::uint16_t port,
                           Hello hello, Listener& listener)
    : hello_(std::move(hello)), listener_(listener), timer_(io), link_(io, host, port, *this) {}

void InstantAgent::link_up() {
  ++hello_.sequence;
  link_.send(hello_);
}

void InstantAgent::link_down() {
  listener_.failed("The connection of " + hello_.agent_name + " ended.");
}

void InstantAgent::heard(SchedulerMessage message) {
  if (const auto* welcome = std::get_if<Welcome>(&message)) {
    session_ = welcome->session;
    renew_every_ = welcome->renew_every;
    renew_later();
    listener_.joined();
  } else if (const auto* refused = std::get_if<HelloRefused>(&message)) {
    listener_.failed(refused->reason);
  } else if (const auto* order = std::get_if<StartAttempts>(&message)) {
    end_all(*order);
  } else if (const auto* ends = std::get_if<AcknowledgeEnds>(&message)) {
    listener_.acknowledged(ends->attempts.size());
  }
  // Whatever is to be stopped or given back has ended, and that was said.
}

void InstantAgent::end_all(const StartAttempts& order) {
  listener_.started(order.starts.size());
  Facts facts{.session = session_};
  facts.facts.reserve(2 * order.starts.size());
  for (const StartAttempt& start : order.starts) {
    facts.facts.emplace_back(AttemptBegan{start.key, start.token});
    AttemptFinished finished{.key = start.key, .token = start.token, .had_begun = true};
    finished.end.outcome = Outcome::Succeeded;
    finished.end.exit_code = 0;
    facts.facts.emplace_back(std::move(finished));
  }
  link_.send(facts);
}

void InstantAgent::renew_later() {
  timer_.expires_after(renew_every_);
  timer_.async_wait([this](const boost::system::error_code& failure) {
    if (!failure) {
      link_.send(LeaseAsked{session_, ++renewals_});
      renew_later();
    }
  });
}

}  // namespace dray::bench
