#include "cli/log_reader.h"

namespace dray::cli {
namespace {

using client::Failure;
using client::FailureKind;
using client::Reply;

constexpr Duration kLateBytes = std::chrono::seconds(5);
constexpr Duration kStalled = std::chrono::seconds(1);
constexpr std::uint64_t kPiece = 1024 * 1024;

}  // namespace

Reply<bool> LogReader::read_attempt(client::Client& client, LogPrinter& printer) {
  bool is_news = false;
  while (!is_complete_) {
    const std::optional<std::uint32_t> asked =
        attempt_ == 0 ? only_ : std::optional<std::uint32_t>(attempt_);
    const Reply<wire::LogPieceView> piece =
        client.read_log(id_, {.attempt = asked, .offset = offset_, .bytes_max = kPiece});
    is_absent_ = !piece && piece.error().kind == FailureKind::NotFound;
    if (!piece) {
      return is_absent_ ? Reply<bool>(is_news) : tl::unexpected(piece.error());
    }
    attempt_ = piece->attempt;
    if (!printer.print(piece->records, child_)) {
      return tl::unexpected(
          Failure{FailureKind::Unreadable, "the log of " + id_ + " is broken", "", ""});
    }
    is_news = is_news || !piece->records.empty();
    const bool is_at_end = piece->end >= piece->size || piece->end <= offset_;
    offset_ = std::max(offset_, piece->end);
    is_complete_ = piece->is_complete && offset_ >= piece->size;
    if (is_at_end && !is_complete_) {
      break;
    }
  }
  return is_news;
}

/// A log that is complete may be left for that of the next attempt. One that is not (bytes of a
/// lost attempt never come) is given a second.
bool LogReader::may_follow_on(Instant now) {
  if (is_complete_) {
    return true;
  }
  if (!stalled_since_) {
    stalled_since_ = now;
  }
  return now - *stalled_since_ >= kStalled;
}

Reply<bool> LogReader::read(client::Client& client, LogPrinter& printer, Instant now) {
  Reply<bool> news = read_attempt(client, printer);
  while (news && attempt_ != 0 && !only_) {
    if (*news && !is_complete_) {
      stalled_since_.reset();
      break;
    }
    // A retry has an attempt of its own; it is there as soon as it was ordered.
    const Reply<wire::LogPieceView> latest =
        client.read_log(id_, {.attempt = {}, .offset = 0, .bytes_max = 1});
    if (!latest || latest->attempt <= attempt_ || !may_follow_on(now)) {
      break;
    }
    printer.finish(child_);
    attempt_ += 1;
    say("dray: " + id_ + ": attempt " + std::to_string(attempt_));
    offset_ = 0;
    is_complete_ = false;
    stalled_since_.reset();
    const Reply<bool> more = read_attempt(client, printer);
    if (!more) {
      return more;
    }
    is_complete_ = is_complete_ || is_absent_;
    news = true;
  }
  printer.flush();
  if (news && *news) {
    quiet_since_.reset();
  }
  return news;
}

bool LogReader::is_over(bool job_has_ended, Instant now) {
  if (is_complete_ && (job_has_ended || only_)) {
    return true;
  }
  if (!job_has_ended) {
    return false;
  }
  if (!quiet_since_) {
    quiet_since_ = now;
  }
  is_rest_missing_ = attempt_ != 0 && now - *quiet_since_ >= kLateBytes;
  return is_rest_missing_;
}

}  // namespace dray::cli
