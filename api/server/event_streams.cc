#include "api/server/event_streams.h"

#include <charconv>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "api/server/target.h"
#include "api/wire/dray_views.h"

namespace dray::server {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
    "X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";

/// An event as it stands in the stream. The data has no line breaks.
std::string frame(std::uint64_t number, std::string_view event, std::string_view data) {
  return "id: " + std::to_string(number) + "\nevent: " + std::string(event) +
         "\ndata: " + std::string(data) + "\n\n";
}

std::string frame(const api::News& news, bool hides_names) {
  if (news.is_gap) {
    return frame(news.number, "resync", "{}");
  }
  if (hides_names) {
    return frame(news.number, "change", wire::encode_news({}, {}, true, true));
  }
  return frame(news.number, "change",
               wire::encode_news(news.jobs, news.queues, news.has_agents, news.is_all));
}

}  // namespace

EventStreams::EventStreams(boost::asio::io_context& io, api::Events& events,
                           StreamSettings settings)
    : io_(io), events_(events), settings_(settings), gap_(io) {}

bool EventStreams::is_asked(const HttpRequest& request) {
  return request.method == "GET" && split_target(request.target).path == "/dray/v1/events";
}

bool EventStreams::take(Conversation& conversation, StreamAsked asked) {
  const std::string& last_event_id = asked.last_event_id;
  if (streams_.size() >= settings_.streams_max) {
    return false;
  }
  listen();
  std::uint64_t heard = 0;
  const auto parsed =
      std::from_chars(last_event_id.data(), last_event_id.data() + last_event_id.size(), heard);
  // What is no number of ours is older than all we know.
  const api::News missed = events_.news_since(parsed.ec == std::errc() ? heard : 0);
  std::string first = std::string(kHead) + "retry: " + std::to_string(settings_.retry.count()) +
                      "\nid: " + std::to_string(missed.number) + "\n\n";
  if (!last_event_id.empty() && (missed.is_gap || !missed.is_empty())) {
    first += frame(missed, asked.hides_names);
  }
  streams_[conversation.number()] = {conversation.shared_from_this(), std::move(asked),
                                     missed.number, Clock::now()};
  open_ = streams_.size();
  conversation.begin_stream(std::move(first));
  note_behind(conversation);
  // What the others have not heard yet was folded away by asking.
  expect_news();
  return true;
}

void EventStreams::listen() {
  if (is_listening_) {
    return;
  }
  events_.listen([this] {
    if (!is_rung_.exchange(true)) {
      boost::asio::post(io_, [this] { expect_news(); });
    }
  });
  is_listening_ = true;
}

void EventStreams::forget(Conversation& conversation) {
  if (streams_.erase(conversation.number()) == 0) {
    return;
  }
  open_ = streams_.size();
  if (streams_.empty()) {
    stop();
  }
}

void EventStreams::stop() {
  if (std::exchange(is_listening_, false)) {
    events_.stop_listening();
  }
}

/// Tells them as soon as the gap since the last is over.
void EventStreams::expect_news() {
  if (std::exchange(is_telling_soon_, true)) {
    return;
  }
  gap_.expires_at(told_at_ + settings_.gap);
  gap_.async_wait([this](const auto& cancelled) {
    if (!cancelled) {
      tell_news();
    }
  });
}

void EventStreams::tell_news() {
  is_telling_soon_ = false;
  is_rung_ = false;
  told_at_ = Clock::now();
  // By where one stands, and whether it may read names.
  std::map<std::pair<std::uint64_t, bool>, std::pair<std::uint64_t, std::string>> frames;
  std::vector<std::pair<std::uint64_t, const std::string*>> to_send;
  for (auto& [name, stream] : streams_) {
    if (stream.conversation->is_behind()) {
      continue;  // It catches up when it has read.
    }
    const std::pair<std::uint64_t, bool> place(stream.number, stream.asked.hides_names);
    auto found = frames.find(place);
    if (found == frames.end()) {
      const api::News news = events_.news_since(stream.number);
      const bool is_said = news.is_gap || !news.is_empty();
      found =
          frames.emplace(place, std::pair(news.number, is_said ? frame(news, place.second) : ""))
              .first;
    }
    stream.number = found->second.first;
    if (!found->second.second.empty()) {
      to_send.emplace_back(name, &found->second.second);
    }
  }
  for (const auto& [name, bytes] : to_send) {
    const auto stream = streams_.find(name);  // Sending may end it.
    if (stream != streams_.end()) {
      send(stream->second, *bytes);
    }
  }
}

void EventStreams::send(Stream& stream, std::string_view bytes) {
  const auto conversation = stream.conversation;
  if (stream.asked.may_go_on && !stream.asked.may_go_on()) {
    conversation->close();
    return;
  }
  stream.sent_at = Clock::now();
  conversation->send(bytes);
  note_behind(*conversation);
}

void EventStreams::note_behind(Conversation& conversation) {
  const auto found = streams_.find(conversation.number());
  if (found != streams_.end() && conversation.is_behind()) {
    found->second.was_behind = true;
    conversation.set_stream_deadline(conversation.moved_at() + settings_.stuck_max);
  }
}

void EventStreams::has_written(Conversation& stream) {
  const auto found = streams_.find(stream.number());
  if (found == streams_.end()) {
    return;
  }
  stream.set_stream_deadline(found->second.sent_at + settings_.heartbeat);
  if (std::exchange(found->second.was_behind, false)) {
    expect_news();  // It may have missed some.
  }
}

void EventStreams::is_due(Conversation& stream) {
  const auto found = streams_.find(stream.number());
  const bool is_stuck =
      stream.is_behind() && Clock::now() - stream.moved_at() >= settings_.stuck_max;
  if (found == streams_.end() || is_stuck) {
    stream.close();
  } else if (stream.is_behind()) {
    stream.set_stream_deadline(stream.moved_at() + settings_.stuck_max);
  } else {
    send(found->second, ":\n\n");
  }
}

}  // namespace dray::server
