#include "api/server/gate/conversation.h"

#include <optional>
#include <utility>

#include "api/server/dispatcher.h"
#include "api/server/http_errors.h"

namespace dray::server {
namespace {

using boost::asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kThrownAwayMax = 16 * 1024 * 1024;
/// Pieces that are read of one connection before the others have their turn.
constexpr int kPiecesATurn = 16;
constexpr std::string_view kInvitation = "HTTP/1.1 100 Continue\r\n\r\n";
/// Who holds so little is left alone.
constexpr std::size_t kLightMax = 1024;

}  // namespace

Conversation::Conversation(std::uint64_t number, Owner& owner, const GateLimits& limits,
                           tcp::socket socket, const ServerTls* tls, std::string peer)
    : number_(number),
      owner_(owner),
      limits_(limits),
      channel_(std::move(socket), tls),
      peer_(std::move(peer)),
      reader_(limits.framing),
      since_(Clock::now()),
      moved_at_(since_) {}

void Conversation::start() {
  if (channel_.is_tls()) {
    enter(Phase::Handshaking, since_ + limits_.handshake_deadline);
  } else {
    enter(Phase::Idle, since_ + limits_.idle_deadline);
  }
  go();
}

bool Conversation::may_keep() const {
  return wants_more_ && !is_last_ && requests_ + 1 < limits_.requests_per_connection_max;
}

// ---- phases, deadlines and burden

void Conversation::enter(Phase phase, Moment deadline) {
  const Rank before = rank();
  phase_ = phase;
  since_ = Clock::now();
  owner_.deadline_moved(*this, std::exchange(deadline_, deadline), before);
}

Conversation::Rank Conversation::rank() const {
  switch (phase_) {
    case Phase::Idle:
    case Phase::Parting:
      return Rank::Idle;
    case Phase::Handshaking:
    case Phase::Reading:
      return Rank::Sending;
    default:
      return Rank::Served;
  }
}

void Conversation::set_deadline(Moment when) {
  if (when != deadline_) {
    owner_.deadline_moved(*this, std::exchange(deadline_, when), rank());
  }
}

void Conversation::hold(std::size_t bytes) {
  const auto before = static_cast<std::ptrdiff_t>(std::exchange(held_, bytes));
  if (static_cast<std::ptrdiff_t>(bytes) != before) {
    owner_.held_changed(static_cast<std::ptrdiff_t>(bytes) - before);
  }
}

double Conversation::burden(Moment now) const {
  const bool is_slow_peer =
      phase_ == Phase::Handshaking || phase_ == Phase::Reading || phase_ == Phase::Writing;
  if (!is_slow_peer || held_ <= kLightMax) {
    return 0;
  }
  return static_cast<double>(held_) * (1e-3 + std::chrono::duration<double>(now - since_).count());
}

void Conversation::drop_burden() {
  if (phase_ == Phase::Reading) {
    owner_.counted(Refused::HeldTooMuch);
    const HttpResponse response =
        error_response(Dialect::Batch, {ErrorCode::Unavailable, "Too many large requests at once"});
    reader_ = RequestReader(limits_.framing);
    keeps_ = false;
    out_ = Dispatcher::last_words(response);
    sent_ = 0;
    hold(out_.size());
    enter(Phase::Writing, Clock::now() + limits_.write_deadline);
    write();
  } else {
    owner_.counted(phase_ == Phase::Writing ? Refused::SlowReader : Refused::Handshake);
    close();
  }
}

void Conversation::expire() {
  switch (phase_) {
    case Phase::Reading:
      refuse({408, is_in_body_ ? "The body did not arrive in time"
                               : "The request did not arrive in time"});
      return;
    case Phase::Streaming:
      owner_.stream_is_due(*this);
      return;
    case Phase::Handshaking:
      owner_.counted(Refused::Handshake);
      close();
      return;
    case Phase::Writing:
      owner_.counted(Refused::SlowReader);
      close();
      return;
    default:
      close();
  }
}

void Conversation::stop() {
  is_last_ = true;
  if (phase_ == Phase::Writing || phase_ == Phase::Answering) {
    keeps_ = false;
    if (!more_) {
      return;
    }
  }
  close();
}

void Conversation::close() {
  if (phase_ == Phase::Closed) {
    return;
  }
  enter(Phase::Closed, kNever);
  channel_.close();
  hold(0);
  owner_.ended(*this);
}

// ---- waiting

void Conversation::wait(Channel::Step step) {
  const Wait what =
      step == Channel::Step::WantsWrite ? tcp::socket::wait_write : tcp::socket::wait_read;
  bool& is_awaiting = what == tcp::socket::wait_write ? is_awaiting_write_ : is_awaiting_read_;
  if (is_awaiting) {
    return;
  }
  is_awaiting = true;
  channel_.wait(what, [self = shared_from_this(), what] { self->woken(what); });
}

void Conversation::woken(Wait what) {
  (what == tcp::socket::wait_write ? is_awaiting_write_ : is_awaiting_read_) = false;
  if (phase_ == Phase::Streaming && what == tcp::socket::wait_read) {
    throw_away();
  } else {
    go();
  }
}

void Conversation::go() {
  switch (phase_) {
    case Phase::Handshaking:
      shake();
      return;
    case Phase::Idle:
    case Phase::Reading:
      read();
      return;
    case Phase::Writing:
    case Phase::Streaming:
      write();
      return;
    case Phase::Parting:
      throw_away();
      return;
    case Phase::Answering:
    case Phase::Closed:
      return;
  }
}

void Conversation::shake() {
  const Channel::Step step = channel_.handshake();
  if (channel_.has_begun_handshake()) {
    hold(Channel::kHandshakeBytes);
  }
  if (phase_ != Phase::Handshaking) {
    return;  // Was too much.
  }
  if (step == Channel::Step::Ended) {
    owner_.counted(Refused::Handshake);
    // Whoever spoke plain HTTP is to read why.
    part();
  } else if (step != Channel::Step::Done) {
    wait(step);
  } else {
    hold(0);
    enter(Phase::Idle, Clock::now() + limits_.idle_deadline);
    read();
  }
}

// ---- requests

void Conversation::read() {
  for (int piece = 0; phase_ == Phase::Idle || phase_ == Phase::Reading; ++piece) {
    HttpRequest request;
    HttpRefusal refusal;
    switch (reader_.next(request, refusal)) {
      case RequestReader::Got::Request:
        request.peer = peer_;
        wants_more_ = request.keeps_alive;
        is_in_body_ = false;
        enter(Phase::Answering, kNever);
        owner_.asked(*this, std::move(request));
        return;
      case RequestReader::Got::Refusal:
        refuse(refusal);
        return;
      case RequestReader::Got::Nothing:
        break;
    }
    watch_clock_of_request();
    if (piece == kPiecesATurn) {
      wait(Channel::Step::WantsRead);
      return;
    }
    if (!invite() || !read_more()) {
      return;
    }
  }
}

/// The head's deadline runs from its first byte on, the body's from the end of the head.
void Conversation::watch_clock_of_request() {
  if (phase_ == Phase::Idle && !reader_.is_empty()) {
    enter(Phase::Reading, Clock::now() + limits_.head_deadline);
  }
  if (!is_in_body_ && reader_.is_in_body()) {
    is_in_body_ = true;
    set_deadline(Clock::now() + limits_.body_deadline);
  }
}

/// False when the connection is gone. So few bytes fit into every socket that is read.
bool Conversation::invite() {
  std::size_t sent = 0;
  if (reader_.take_invitation() &&
      (channel_.write(kInvitation, sent) != Channel::Step::Done || sent != kInvitation.size())) {
    close();
    return false;
  }
  return true;
}

bool Conversation::read_more() {
  const std::span<char> room = owner_.scratch();
  std::size_t got = 0;
  const Channel::Step step = channel_.read(room, got);
  if (step == Channel::Step::Done) {
    reader_.feed({room.data(), got});
    hold(reader_.held());
    return true;
  }
  if (step == Channel::Step::Ended) {
    close();
  } else {
    wait(step);
  }
  return false;
}

void Conversation::refuse(const HttpRefusal& refusal) {
  owner_.counted(refused_by(refusal.status));
  reader_ = RequestReader(limits_.framing);
  keeps_ = false;
  out_ =
      Dispatcher::last_words(refusal_response(refusal.status, "ClientException", refusal.reason));
  sent_ = 0;
  hold(out_.size());
  enter(Phase::Writing, Clock::now() + limits_.write_deadline);
  write();
}

// ---- answers

void Conversation::take(Answer answer) {
  if (phase_ != Phase::Answering) {
    return;
  }
  ++requests_;
  keeps_ = answer.keeps_alive && !is_last_;
  more_ = std::move(answer.more);
  out_ = std::move(answer.bytes);
  sent_ = 0;
  enter(Phase::Writing, Clock::now() + limits_.write_deadline);
  hold(reader_.held() + out_.size());
  write();
}

void Conversation::take_piece(const std::optional<std::string>& piece, bool is_end) {
  if (phase_ != Phase::Answering || !piece) {
    close();  // One that breaks off has no end that its reader could take for one.
    return;
  }
  if (is_end) {
    more_ = nullptr;
  }
  out_ = *piece;
  sent_ = 0;
  enter(Phase::Writing, Clock::now() + limits_.write_deadline);
  hold(reader_.held() + out_.size());
  write();
}

void Conversation::write() {
  while (sent_ < out_.size()) {
    std::size_t sent = 0;
    const Channel::Step step = channel_.write(std::string_view(out_).substr(sent_), sent);
    if (step == Channel::Step::Ended) {
      close();
      return;
    }
    if (step != Channel::Step::Done) {
      wait(step);
      return;
    }
    sent_ += sent;
    moved_at_ = Clock::now();
  }
  out_ = std::string();
  sent_ = 0;
  hold(reader_.held());
  after_writing();
}

void Conversation::after_writing() {
  if (phase_ == Phase::Streaming) {
    owner_.stream_has_written(*this);
    return;
  }
  if (phase_ != Phase::Writing) {
    return;
  }
  if (more_) {
    enter(Phase::Answering, kNever);
    owner_.wants_piece(*this);
  } else if (!keeps_) {
    part();
  } else {
    enter(Phase::Idle, Clock::now() + limits_.idle_deadline);
    if (reader_.is_empty() && !channel_.is_tls()) {
      wait(Channel::Step::WantsRead);  // Most often the next is not here yet.
    } else {
      read();
    }
  }
}

void Conversation::begin_stream(std::string bytes) {
  more_ = nullptr;
  out_ = std::move(bytes);
  sent_ = 0;
  moved_at_ = Clock::now();
  enter(Phase::Streaming, kNever);
  wait(Channel::Step::WantsRead);
  write();
}

void Conversation::send(std::string_view bytes) {
  if (phase_ != Phase::Streaming) {
    return;
  }
  if (!is_behind()) {
    moved_at_ = Clock::now();
  }
  out_ += bytes;
  hold(out_.size());
  write();
}

// ---- the end

void Conversation::part() {
  channel_.finish();
  enter(Phase::Parting, Clock::now() + limits_.parting_deadline);
  throw_away();
}

/// Reads what is of no interest, until the peer closes.
void Conversation::throw_away() {
  Channel::Step step = Channel::Step::Done;
  for (int piece = 0; step == Channel::Step::Done && piece < kPiecesATurn; ++piece) {
    std::size_t got = 0;
    step = channel_.read(owner_.scratch(), got);
    thrown_away_ += got;
  }
  if (step == Channel::Step::Ended || thrown_away_ > kThrownAwayMax) {
    close();
  } else {
    wait(step == Channel::Step::Done ? Channel::Step::WantsRead : step);
  }
}

}  // namespace dray::server
