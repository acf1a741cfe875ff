#include "cli/progress.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "cli/durations.h"

namespace dray::cli {
namespace {

using std::chrono::seconds;

constexpr Duration kRedraw = std::chrono::milliseconds(100);
constexpr Duration kPlainLine = seconds(10);
constexpr std::size_t kBarMax = 40;

std::uint64_t tenths(const ProgressCounts& counts) {
  return counts.total == 0 ? 0 : counts.done() * 10 / counts.total;
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

}  // namespace

ProgressCounts counts_of(const std::vector<wire::JobView>& jobs) {
  ProgressCounts out;
  const auto add = [&out](JobState state, std::uint64_t count) {
    switch (state) {
      case JobState::Submitted:
      case JobState::Pending:
      case JobState::Runnable:
        break;
      case JobState::Starting:
      case JobState::Running:
        out.running += count;
        break;
      case JobState::Succeeded:
        out.succeeded += count;
        break;
      case JobState::Failed:
        out.failed += count;
        break;
    }
  };
  for (const wire::JobView& job : jobs) {
    if (!job.is_array()) {
      out.total += 1;
      add(job.state, 1);
      continue;
    }
    out.total += static_cast<std::uint64_t>(job.array_size);
    for (std::size_t i = 0; job.counts && i < kJobStates; ++i) {
      add(static_cast<JobState>(i), (*job.counts)[i]);
    }
  }
  return out;
}

std::optional<std::string> ProgressLines::next(const ProgressCounts& counts, Instant now) {
  if (!began_) {
    began_ = now;
    done_at_begin_ = counts.done();
  }
  const bool is_first = !shown_;
  const bool is_end = counts.done() == counts.total && shown_ != counts;
  const bool is_due =
      columns_ > 0 ? now - shown_at_ >= kRedraw
                   : now - shown_at_ >= kPlainLine || (shown_ && tenths(*shown_) != tenths(counts));
  if (!is_first && !is_end && !is_due) {
    return std::nullopt;
  }
  shown_ = counts;
  shown_at_ = now;
  return columns_ > 0 ? bar_line(counts, now) : plain_line(counts, now);
}

std::string ProgressLines::pace_text(const ProgressCounts& counts, Instant now) const {
  const double elapsed = std::chrono::duration<double>(now - *began_).count();
  const auto ended = static_cast<double>(counts.done() - std::min(done_at_begin_, counts.done()));
  if (elapsed < 0.2 || ended < 1) {
    return "";
  }
  const double rate = ended / elapsed;
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), rate < 10 ? "  %.1f/s" : "  %.0f/s", rate);
  const double left = static_cast<double>(counts.total - counts.done()) / rate;
  if (counts.done() == counts.total || left > 1e8) {
    return buffer.data();
  }
  const Duration eta = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(left));
  return std::string(buffer.data()) + "  ETA " + duration_text(eta);
}

std::string ProgressLines::plain_line(const ProgressCounts& counts, Instant now) const {
  std::string line = number(counts.done()) + "/" + number(counts.total) + " done";
  if (counts.total > 0) {
    line += " (" + number(counts.done() * 100 / counts.total) + "%)";
  }
  line += ", " + number(counts.failed) + " failed, " + number(counts.running) + " running";
  const std::string pace = pace_text(counts, now);
  return pace.empty() ? line : line + "," + pace.substr(1);
}

std::string ProgressLines::bar_line(const ProgressCounts& counts, Instant now) const {
  const std::string done = " " + number(counts.done()) + "/" + number(counts.total) + " done";
  const std::string failed = counts.failed > 0 ? "  " + number(counts.failed) + " failed" : "";
  const std::string rest = "  " + number(counts.running) + " running" + pace_text(counts, now);
  const std::size_t words = done.size() + failed.size() + rest.size();
  // The last column stays free: some terminals break the line when it is written.
  const std::size_t room = columns_ > words + 3 ? columns_ - words - 3 : 0;
  const std::size_t width = std::min(room, kBarMax);
  if (width < 4) {
    return shortened(done.substr(1) + failed + rest, columns_ - 1);
  }
  const std::size_t total = std::max<std::uint64_t>(counts.total, 1);
  const std::size_t good = width * counts.succeeded / total;
  const std::size_t bad = width * counts.done() / total - good;
  return "[" + painted(std::string(good, '#'), Paint::Good, with_color_) +
         painted(std::string(bad, '!'), Paint::Bad, with_color_) +
         std::string(width - good - bad, '.') + "]" + done +
         painted(failed, Paint::Bad, with_color_) + rest;
}

Progress::Progress(const Terminal& terminal)
    : is_tty_(terminal.err_is_tty),
      lines_(terminal.err_is_tty ? std::max<std::size_t>(terminal.width, 20) : 0,
             terminal.color_err) {}

void Progress::show(const ProgressCounts& counts, Instant now) {
  const std::optional<std::string> line = lines_.next(counts, now);
  if (!line) {
    return;
  }
  if (is_tty_) {
    const std::string drawn = "\r" + *line + "\x1b[K";
    std::fwrite(drawn.data(), 1, drawn.size(), stderr);
    is_line_open_ = true;
  } else {
    say(*line);
  }
}

void Progress::finish() {
  if (is_line_open_) {
    std::fputc('\n', stderr);
    is_line_open_ = false;
  }
}

}  // namespace dray::cli
