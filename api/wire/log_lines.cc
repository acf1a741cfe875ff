#include "api/wire/log_lines.h"

#include <algorithm>

namespace dray::wire {

LogLines::LogLines(const LogPosition& from, std::optional<std::uint8_t> container)
    : container_(container),
      given_(from.ordinal),
      lines_(from.ordinal - from.skip),
      offset_(from.offset) {
  for (std::size_t stream = 0; stream < open_.size(); ++stream) {
    // Lines that began before `offset` end among those that are skipped: their text is not needed,
    // their length is, because long lines are cut by it.
    open_[stream].text.assign(std::min<std::size_t>(from.begun[stream], kLineBytesMax), ' ');
  }
  record_ = mark();
  for (OpenLine& line : open_) {
    line.began = record_;
  }
}

LogLines::Mark LogLines::mark() const {
  Mark mark{offset_, lines_, {}};
  for (std::size_t stream = 0; stream < open_.size(); ++stream) {
    mark.begun[stream] = static_cast<std::uint32_t>(open_[stream].text.size());
  }
  return mark;
}

bool LogLines::feed(std::string_view records, const Sink& sink) {
  while (!records.empty()) {
    record_ = mark();
    const std::size_t before = records.size();
    bool is_broken = false;
    const std::optional<LogRecord> record = take_log_record(records, is_broken);
    if (!record) {
      return !is_broken;
    }
    const auto stream = static_cast<std::size_t>(record->stream) - 1;
    if (stream >= open_.size()) {
      return false;
    }
    if (container_ && record->container != *container_) {
      offset_ += before - records.size();
      continue;
    }
    last_at_ = record->at;
    is_inside_record_ = true;
    if (!take(stream, *record, sink)) {
      return false;
    }
    is_inside_record_ = false;
    offset_ += before - records.size();
  }
  return true;
}

bool LogLines::take(std::size_t stream, const LogRecord& record, const Sink& sink) {
  OpenLine& line = open_[stream];
  std::string_view bytes = record.bytes;
  while (!bytes.empty()) {
    if (line.text.empty()) {
      line.began = record_;
    }
    const std::size_t newline = bytes.find('\n');
    const std::size_t room = kLineBytesMax - line.text.size();
    const std::size_t length = std::min({newline, bytes.size(), room});
    line.text += bytes.substr(0, length);
    bytes.remove_prefix(length);
    const bool is_ended = !bytes.empty() && bytes[0] == '\n';
    if (is_ended) {
      bytes.remove_prefix(1);
    }
    if ((is_ended || line.text.size() == kLineBytesMax) && !end_line(stream, record.at, sink)) {
      return false;
    }
  }
  return true;
}

bool LogLines::end_line(std::size_t stream, WallTime at, const Sink& sink) {
  LogEvent event{at, std::move(open_[stream].text), lines_};
  open_[stream].text.clear();
  ++lines_;
  return event.ordinal < given_ || sink(std::move(event));
}

void LogLines::finish(const Sink& sink) {
  for (std::size_t stream = 0; stream < open_.size(); ++stream) {
    if (!open_[stream].text.empty() && !end_line(stream, last_at_, sink)) {
      return;
    }
  }
}

LogPosition LogLines::position() const {
  Mark from = is_inside_record_ ? record_ : mark();
  for (const OpenLine& line : open_) {
    if (!line.text.empty() && line.began.offset < from.offset) {
      from = line.began;
    }
  }
  return {lines_, from.offset, lines_ - from.lines, from.begun};
}

}  // namespace dray::wire
