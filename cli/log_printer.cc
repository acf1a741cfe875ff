#include "cli/log_printer.h"

#include <array>
#include <cstdio>

namespace dray::cli {
namespace {

constexpr std::size_t kLineMax = 64 * 1024;
constexpr std::size_t kFlushAt = 256 * 1024;

Paint paint_of(std::int32_t child) {
  constexpr std::array kPaints = {Paint::Busy, Paint::Good, Paint::Waiting, Paint::Bold};
  return kPaints[static_cast<std::size_t>(child) % kPaints.size()];
}

}  // namespace

bool LogPrinter::print(std::string_view records, std::optional<std::int32_t> child) {
  bool is_broken = false;
  while (const std::optional<LogRecord> record = take_log_record(records, is_broken)) {
    print_record(*record, child);
  }
  return !is_broken && records.empty();
}

void LogPrinter::print_record(const LogRecord& record, std::optional<std::int32_t> child) {
  const bool is_wanted =
      record.stream == LogStream::Output ? filter_.with_output : filter_.with_errors;
  if (!is_wanted) {
    return;
  }
  if (record.stream == LogStream::Note) {
    flush();
    say("dray: " + harmless(record.bytes));
  } else if (prefixes_ && child) {
    print_lines(record.stream, *child, record.bytes);
  } else if (record.stream == LogStream::Output) {
    out_ += record.bytes;
  } else {
    flush();
    std::fwrite(record.bytes.data(), 1, record.bytes.size(), stderr);
  }
  if (out_.size() > kFlushAt) {
    flush();
  }
}

void LogPrinter::print_lines(LogStream stream, std::int32_t child, std::string_view bytes) {
  std::string& begun = begun_[{child, stream}];
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    begun += bytes.substr(0, end);
    if (end != std::string_view::npos || begun.size() > kLineMax) {
      print_line(stream, child, begun);
      begun.clear();
    }
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  }
}

void LogPrinter::print_line(LogStream stream, std::int32_t child, std::string_view line) {
  const bool is_output = stream == LogStream::Output;
  const bool with_color = is_output ? terminal_.color_out : terminal_.color_err;
  std::string text = painted("[" + std::to_string(child) + "]", paint_of(child), with_color) + " ";
  text += line;
  if (is_output) {
    out_ += text + "\n";
  } else {
    flush();
    say(text);
  }
}

void LogPrinter::finish(std::optional<std::int32_t> child) {
  for (auto line = begun_.begin(); line != begun_.end();) {
    if (child && line->first.first != *child) {
      ++line;
      continue;
    }
    if (!line->second.empty()) {
      print_line(line->first.second, line->first.first, line->second);
    }
    line = begun_.erase(line);
  }
  flush();
}

void LogPrinter::flush() {
  if (!out_.empty()) {
    write_out(out_);
    out_.clear();
  }
}

}  // namespace dray::cli
