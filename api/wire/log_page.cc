#include "api/wire/log_page.h"

#include <array>
#include <charconv>
#include <deque>

namespace dray::wire {
namespace {

constexpr std::uint64_t kPieceBytes = 1024 * 1024;
constexpr std::uint64_t kForwardBytesMax = 64 * 1024 * 1024;
constexpr std::size_t kEventOverhead = 26;

/// Collects the lines of one page as they come.
class Collector {
 public:
  explicit Collector(const LogPageAsked& asked) : asked_(asked) {}

  /// False when the page is complete.
  bool take(LogEvent event) {
    const std::uint64_t ordinal = event.ordinal;
    if (asked_.where == LogPageAsked::Where::Before && ordinal >= asked_.position.ordinal) {
      return false;
    }
    if (is_wanted(event)) {
      bytes_ += event.message.size() + kEventOverhead;
      events_.push_back(std::move(event));
      if (asked_.where == LogPageAsked::Where::From) {
        return !is_full();
      }
      drop_oldest();
    }
    return asked_.where != LogPageAsked::Where::Before || ordinal + 1 < asked_.position.ordinal;
  }

  std::vector<LogEvent> events() {
    return {std::make_move_iterator(events_.begin()), std::make_move_iterator(events_.end())};
  }

 private:
  bool is_wanted(const LogEvent& event) const {
    return !(asked_.start && event.at < *asked_.start) &&
           !(asked_.end && event.at >= *asked_.end) &&
           (!asked_.wanted || asked_.wanted(event.message));
  }
  bool is_full() const { return events_.size() >= asked_.events_max || bytes_ >= kPageBytesMax; }
  void drop_oldest() {
    while (events_.size() > asked_.events_max || (bytes_ > kPageBytesMax && events_.size() > 1)) {
      bytes_ -= events_.front().message.size() + kEventOverhead;
      events_.pop_front();
    }
  }

  const LogPageAsked& asked_;
  std::deque<LogEvent> events_;
  std::size_t bytes_ = 0;
};

std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || text.empty()) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with('.')) {
    text.remove_prefix(1);
  }
  return value;
}

/// The numbers of a forward token, when they can be one.
std::optional<LogPosition> parse_position(std::string_view text) {
  std::array<std::uint64_t, 6> parts{};
  for (std::uint64_t& part : parts) {
    const std::optional<std::uint64_t> number = take_number(text);
    if (!number) {
      return std::nullopt;
    }
    part = *number;
  }
  LogPosition position{parts[0], parts[1], parts[2], {}};
  for (std::size_t i = 0; i < position.begun.size(); ++i) {
    if (parts[3 + i] >= kLineBytesMax) {
      return std::nullopt;
    }
    position.begun[i] = static_cast<std::uint32_t>(parts[3 + i]);
  }
  const bool is_possible = text.empty() && position.skip <= position.ordinal;
  return is_possible ? std::optional(position) : std::nullopt;
}

}  // namespace

Result<LogPage> read_log_page(const ReadLog& read, const LogPageAsked& asked) {
  const bool is_forward = asked.where == LogPageAsked::Where::From;
  const LogPosition from = is_forward ? asked.position : LogPosition();
  LogLines lines(from, asked.container);
  Collector collector(asked);
  const LogLines::Sink sink = [&collector](LogEvent event) {
    return collector.take(std::move(event));
  };
  LogPage page;
  bool goes_on = asked.where != LogPageAsked::Where::Before || asked.position.ordinal > 0;
  std::uint64_t offset = from.offset;
  while (goes_on && !(is_forward && offset - from.offset > kForwardBytesMax)) {
    Result<LogPiece> piece = read(offset, kPieceBytes);
    if (!piece) {
      return tl::unexpected(piece.error());
    }
    goes_on = lines.feed(piece->records, sink);
    offset = piece->end;
    if (goes_on && (piece->records.empty() || piece->end >= piece->size)) {
      if (piece->is_complete) {
        lines.finish(sink);
      }
      page.is_at_end = true;
      goes_on = false;
    }
  }
  page.events = collector.events();
  page.after = lines.position();
  page.before = page.events.empty() ? page.after.ordinal : page.events.front().ordinal;
  if (asked.where == LogPageAsked::Where::Before && page.events.empty()) {
    page.before = asked.position.ordinal;
  }
  // The same token at the end is how clients know it (contract 5).
  if (is_forward && page.after.ordinal == from.ordinal && page.is_at_end) {
    page.after = from;
  }
  return page;
}

std::string encode_forward_token(const LogPosition& position) {
  std::string token = "f/" + std::to_string(position.ordinal);
  token += '.' + std::to_string(position.offset) + '.' + std::to_string(position.skip);
  for (const std::uint32_t begun : position.begun) {
    token += '.' + std::to_string(begun);
  }
  return token;
}

std::string encode_backward_token(std::uint64_t before, std::uint64_t offset) {
  return "b/" + std::to_string(before) + (offset == 0 ? "" : '.' + std::to_string(offset));
}

Result<void> decode_log_token(std::string_view token, LogPageAsked& asked) {
  const auto refused = [] {
    return refuse(ErrorCode::BadRequest, "The specified nextToken is invalid.");
  };
  if (token.starts_with("f/")) {
    const std::optional<LogPosition> position = parse_position(token.substr(2));
    if (!position) {
      return refused();
    }
    asked.where = LogPageAsked::Where::From;
    asked.position = *position;
    return {};
  }
  std::string_view number = token.starts_with("b/") ? token.substr(2) : "";
  const std::optional<std::uint64_t> before = take_number(number);
  const std::optional<std::uint64_t> offset = number.empty() ? 0 : take_number(number);
  if (!before || !offset || !number.empty()) {
    return refused();
  }
  asked.where = LogPageAsked::Where::Before;
  asked.position = LogPosition();
  asked.position.ordinal = *before;
  asked.position.offset = *offset;
  return {};
}

}  // namespace dray::wire
