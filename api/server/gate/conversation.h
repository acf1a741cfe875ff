#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/server/gate/channel.h"
#include "api/server/gate/counts.h"
#include "api/server/gate/deadlines.h"
#include "api/server/gate/limits.h"
#include "api/server/gate/request_reader.h"
#include "api/server/http_message.h"

namespace dray::server {

/// How an event stream is to be.
struct StreamAsked {
  std::string last_event_id;  ///< What the client heard last.
  bool hides_names = false;   ///< Tell that something has changed, and not what.
  /// Asked before each thing that is sent; empty: always.
  std::function<bool()> may_go_on;
};

/// What is to be written for a request.
struct Answer {
  std::string bytes;  ///< All of it; or its head, when `more` is set.
  bool keeps_alive = false;
  /// The bytes that follow, piece by piece, until nothing. Called by workers: it may block.
  std::function<Result<std::string>()> more;
  bool is_stream = false;  ///< Nothing of the above: an event stream is to begin.
  StreamAsked stream;
};

/// One accepted connection: request, answer, request... or an event stream. It never waits in a
/// thread: what has to happen next happens when Asio calls. All calls on the gate's thread.
class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  /// Who gives way to a new one first.
  enum class Rank : std::uint8_t {
    Idle,     ///< Asks nothing.
    Sending,  ///< Has not sent all of a request, or of a handshake.
    Served,
  };
  static constexpr std::size_t kRanks = 3;

  /// Whoever keeps the conversations. May call back from within each of these.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// A whole request; take() is to be called later, never from within.
    virtual void asked(Conversation& from, HttpRequest request) = 0;
    /// The piece before is written; take_piece() is to be called later, never from within.
    virtual void wants_piece(Conversation& from) = 0;
    /// An event stream has written all it had. / Its deadline is over.
    virtual void stream_has_written(Conversation& stream) = 0;
    virtual void stream_is_due(Conversation& stream) = 0;
    /// `deadline` or the rank has changed.
    virtual void deadline_moved(Conversation& of, Moment from, Rank before) = 0;
    /// It holds so many bytes more (or less).
    virtual void held_changed(std::ptrdiff_t by) = 0;
    virtual void counted(Refused what) = 0;
    virtual void ended(Conversation& conversation) = 0;
    /// Room to read into, for the moment.
    virtual std::span<char> scratch() = 0;
  };

  /// `owner` and `limits` must outlive it, `tls` too unless it is null.
  Conversation(std::uint64_t number, Owner& owner, const GateLimits& limits,
               boost::asio::ip::tcp::socket socket, const ServerTls* tls, std::string peer);
  void start();

  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] const std::string& peer() const { return peer_; }
  [[nodiscard]] Moment deadline() const { return deadline_; }
  [[nodiscard]] Rank rank() const;
  [[nodiscard]] Moment since() const { return since_; }  ///< What it does now, it does.
  /// Whether the answer to the request that was asked may promise another.
  [[nodiscard]] bool may_keep() const;

  /// The answer to what was asked.
  void take(Answer answer);
  /// What `more` of the answer gave, framed; nothing when it failed.
  void take_piece(const std::optional<std::string>& piece, bool is_end);
  [[nodiscard]] const std::function<Result<std::string>()>& more() const { return more_; }

  /// Makes an event stream of it; `bytes` are its head.
  void begin_stream(std::string bytes);
  void send(std::string_view bytes);
  /// The client has not taken all yet.
  [[nodiscard]] bool is_behind() const { return sent_ < out_.size(); }
  [[nodiscard]] Moment moved_at() const { return moved_at_; }  ///< It took something.
  void set_stream_deadline(Moment when) { set_deadline(when); }

  /// The deadline is over.
  void expire();
  /// Bytes times the time they are held; nothing while others are responsible for them.
  [[nodiscard]] double burden(Moment now) const;
  /// Ends what makes it a burden.
  void drop_burden();
  /// What is being answered is the last; everything else ends now.
  void stop();
  void close();

 private:
  enum class Phase : std::uint8_t {
    Handshaking,
    Idle,       ///< No byte of a request yet.
    Reading,    ///< Some of one.
    Answering,  ///< Others are at work; nothing is read.
    Writing,
    Streaming,
    Parting,  ///< The last answer is written; the peer is to read it before the socket closes.
    Closed,
  };
  using Wait = boost::asio::ip::tcp::socket::wait_type;

  void enter(Phase phase, Moment deadline);
  void set_deadline(Moment when);
  void hold(std::size_t bytes);
  void wait(Channel::Step step);
  void woken(Wait what);
  void go();
  void shake();
  void read();
  bool read_more();
  void watch_clock_of_request();
  bool invite();
  void refuse(const HttpRefusal& refusal);
  void write();
  void after_writing();
  void part();
  void throw_away();

  const std::uint64_t number_;
  Owner& owner_;
  const GateLimits& limits_;
  Channel channel_;
  const std::string peer_;
  RequestReader reader_;
  Phase phase_ = Phase::Handshaking;
  bool is_in_body_ = false;
  bool wants_more_ = false;  ///< What the client asked for of the connection.
  bool keeps_ = false;       ///< What it was promised.
  bool is_last_ = false;
  bool is_awaiting_read_ = false;
  bool is_awaiting_write_ = false;
  std::size_t requests_ = 0;
  std::size_t held_ = 0;
  std::size_t thrown_away_ = 0;
  std::string out_;
  std::size_t sent_ = 0;
  std::function<Result<std::string>()> more_;
  Moment deadline_ = kNever;
  Moment since_;  ///< When the phase began.
  Moment moved_at_;
};

}  // namespace dray::server
