#include "agent/link/scheduler_link.h"

#include <utility>

#include "agent/link/dialer.h"
#include "api/link/connection.h"
#include "api/wire/link_codec.h"

namespace dray {

/// What outlives a SchedulerLink until its last handler has run.
class SchedulerLink::Conversation : public std::enable_shared_from_this<Conversation>,
                                    public link::Connection::Listener {
 public:
  Conversation(boost::asio::io_context& io, std::string host, std::uint16_t port,
               SchedulerLink::Listener& listener)
      : dialer_(std::make_shared<Dialer>(io, std::move(host), port)), listener_(&listener) {}

  void dial() {
    dialer_->dial([self = shared_from_this()](boost::asio::ip::tcp::socket socket) {
      self->connection_ = link::Connection::create(std::move(socket), {}, *self);
      self->connection_->start();
      self->listener_->link_up();
    });
  }

  void send(const AgentMessage& message) {
    if (connection_) {
      connection_->send(wire::encode(message));
    }
  }

  void drop() {
    if (!connection_) {
      return;
    }
    std::exchange(connection_, nullptr)->close();
    listener_->link_down();
    if (!is_stopped_) {
      dial();
    }
  }

  void stop() {
    is_stopped_ = true;
    dialer_->stop();
    if (connection_) {
      std::exchange(connection_, nullptr)->close();
    }
  }

  void received(link::Connection& from, wire::Frame frame) override {
    Result<SchedulerMessage> message = wire::decode_scheduler_message(frame);
    // Kept: the listener may drop the connection, or the link itself, from within.
    const auto self = shared_from_this();
    if (!message) {
      if (&from == connection_.get()) {
        drop();
      }
      return;
    }
    if (!std::holds_alternative<HelloRefused>(*message)) {
      dialer_->praise();  // Who is refused comes back more and more slowly.
    }
    listener_->heard(std::move(*message));
  }

  void closed(link::Connection&, const std::string&) override {
    const auto self = shared_from_this();
    drop();
  }

 private:
  std::shared_ptr<Dialer> dialer_;
  SchedulerLink::Listener* listener_;
  std::shared_ptr<link::Connection> connection_;
  bool is_stopped_ = false;
};

SchedulerLink::SchedulerLink(boost::asio::io_context& io, std::string host, std::uint16_t port,
                             Listener& listener)
    : conversation_(std::make_shared<Conversation>(io, std::move(host), port, listener)) {}

SchedulerLink::~SchedulerLink() {
  stop();
}

void SchedulerLink::start() {
  conversation_->dial();
}

void SchedulerLink::send(const AgentMessage& message) {
  conversation_->send(message);
}

void SchedulerLink::drop() {
  conversation_->drop();
}

void SchedulerLink::stop() {
  conversation_->stop();
}

}  // namespace dray
