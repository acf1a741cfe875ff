#include "api/server/event_streams.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/server/target.h"
#include "api/wire/dray_views.h"

namespace dray::server {
namespace {

constexpr std::string_view kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
    "X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";

/// An event as it stands in the stream. The data has no line breaks.
std::string frame(std::uint64_t number, std::string_view event, std::string_view data) {
  return "id: " + std::to_string(number) + "\nevent: " + std::string(event) +
         "\ndata: " + std::string(data) + "\n\n";
}

std::string frame(const api::News& news) {
  if (news.is_gap) {
    return frame(news.number, "resync", "{}");
  }
  return frame(news.number, "change",
               wire::encode_news(news.jobs, news.queues, news.has_agents, news.is_all));
}

}  // namespace

EventStreams::EventStreams(api::Events& events, StreamSettings settings)
    : events_(events), settings_(settings), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

EventStreams::~EventStreams() {
  ::close(wake_);
}

bool EventStreams::is_asked(const HttpRequest& request) {
  return request.method == "GET" && split_target(request.target).path == "/dray/v1/events";
}

bool EventStreams::take(HttpConnection& connection, const HttpRequest& request) {
  if (++open_ > settings_.streams_max || is_stopping_) {
    --open_;
    return false;
  }
  Stream stream{.connection = std::move(connection), .unsent = std::string(kHead)};
  const std::string last = request.header("last-event-id");
  const auto parsed = std::from_chars(last.data(), last.data() + last.size(), stream.number);
  // What is no number of ours is older than all we know.
  stream.number = parsed.ec == std::errc() ? stream.number : 0;
  stream.is_new = last.empty();
  {
    const std::lock_guard lock(mutex_);
    arriving_.push_back(std::move(stream));
  }
  wake();
  return true;
}

void EventStreams::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof one);
}

void EventStreams::stop() {
  is_stopping_ = true;
  wake();
}

void EventStreams::run() {
  while (!is_stopping_) {
    wait();
    welcome();
    if (has_news_ && Clock::now() - told_at_ >= settings_.gap) {
      tell_news();
    }
    beat();
    if (streams_.empty() && is_listening_) {
      events_.stop_listening();
      is_listening_ = false;
    }
  }
  if (is_listening_) {
    events_.stop_listening();
  }
  const std::lock_guard lock(mutex_);
  streams_.clear();
  arriving_.clear();
  open_ = 0;
}

EventStreams::Clock::time_point EventStreams::next_turn() const {
  Clock::time_point next = Clock::now() + settings_.heartbeat;
  for (const Stream& stream : streams_) {
    next = std::min(next, stream.unsent.empty() ? stream.sent_at + settings_.heartbeat
                                                : stream.moved_at + settings_.stuck_max);
  }
  return has_news_ ? std::min(next, told_at_ + settings_.gap) : next;
}

/// For bytes, for room, for news that may be told, for new streams, or for the time to beat.
void EventStreams::wait() {
  std::vector<pollfd> wanted{{wake_, POLLIN, 0}};
  for (const Stream& stream : streams_) {
    const short out = stream.unsent.empty() ? short{0} : short{POLLOUT};
    wanted.push_back({stream.connection.socket(), static_cast<short>(POLLIN | POLLRDHUP | out), 0});
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_turn() - Clock::now());
  const int ready = ::poll(wanted.data(), wanted.size(),
                           static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  if (ready <= 0) {
    return;
  }
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(wake_, &count, sizeof count);
  auto happened = wanted.begin() + 1;
  for (auto stream = streams_.begin(); stream != streams_.end(); ++happened) {
    if ((happened->revents & POLLOUT) != 0) {
      send(*stream, {});
    }
    if (is_gone(*stream, happened->revents)) {
      stream = streams_.erase(stream);
      --open_;
    } else {
      ++stream;
    }
  }
}

/// Whether the client has closed. What it sends is of no interest.
bool EventStreams::is_gone(Stream& stream, short happened) const {
  if ((happened & (POLLERR | POLLHUP | POLLNVAL | POLLRDHUP)) != 0) {
    return true;
  }
  char ignored[4096];
  return (happened & POLLIN) != 0 &&
         ::recv(stream.connection.socket(), ignored, sizeof ignored, 0) == 0;
}

/// Streams that came: each learns from where it can go on, and what it missed.
void EventStreams::welcome() {
  std::vector<Stream> arrived;
  {
    const std::lock_guard lock(mutex_);
    arrived.swap(arriving_);
  }
  if (arrived.empty()) {
    return;
  }
  if (!is_listening_) {
    events_.listen([this] {
      has_news_ = true;
      wake();
    });
    is_listening_ = true;
  }
  for (Stream& stream : arrived) {
    const api::News missed = events_.news_since(stream.number);
    stream.sent_at = stream.moved_at = Clock::now();
    std::string first = "retry: " + std::to_string(settings_.retry.count()) +
                        "\nid: " + std::to_string(missed.number) + "\n\n";
    if (!stream.is_new && (missed.is_gap || !missed.is_empty())) {
      first += frame(missed);
    }
    stream.number = missed.number;
    send(streams_.emplace_back(std::move(stream)), first);
  }
  // What the others have not heard yet was folded away from `has_news_` by asking.
  has_news_ = true;
}

void EventStreams::tell_news() {
  has_news_ = false;
  told_at_ = Clock::now();
  std::map<std::uint64_t, std::pair<std::uint64_t, std::string>> frames;  // By where one stands.
  for (Stream& stream : streams_) {
    if (!stream.unsent.empty()) {
      continue;  // It catches up when it has read.
    }
    auto found = frames.find(stream.number);
    if (found == frames.end()) {
      const api::News news = events_.news_since(stream.number);
      const bool is_said = news.is_gap || !news.is_empty();
      found =
          frames.emplace(stream.number, std::pair(news.number, is_said ? frame(news) : "")).first;
    }
    const auto& [number, bytes] = found->second;
    stream.number = number;
    if (!bytes.empty()) {
      send(stream, bytes);
    }
  }
}

void EventStreams::beat() {
  const Clock::time_point now = Clock::now();
  for (auto stream = streams_.begin(); stream != streams_.end();) {
    if (stream->unsent.empty() && now - stream->sent_at >= settings_.heartbeat) {
      send(*stream, ":\n\n");
    }
    if (!stream->unsent.empty() && now - stream->moved_at >= settings_.stuck_max) {
      stream = streams_.erase(stream);
      --open_;
    } else {
      ++stream;
    }
  }
}

/// Sends what was left over and `bytes`, as far as the client takes them.
void EventStreams::send(Stream& stream, std::string_view bytes) {
  const bool was_behind = !stream.unsent.empty();
  stream.unsent += bytes;
  const ssize_t sent = ::send(stream.connection.socket(), stream.unsent.data(),
                              stream.unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0) {
    stream.unsent.erase(0, static_cast<std::size_t>(sent));
    stream.moved_at = Clock::now();
  } else if (!was_behind) {
    stream.moved_at = Clock::now();
  }
  stream.sent_at = Clock::now();
  if (was_behind && stream.unsent.empty()) {
    has_news_ = true;  // It may have missed some.
  }
}

}  // namespace dray::server
