#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "api/server/http_errors.h"
#include "api/server/routes_dray.h"
#include "api/server/target.h"
#include "model/log_record.h"

/// What an attempt wrote: from the front, from the end, and as plain text.
namespace dray::server {
namespace {

constexpr std::uint64_t kLogBytesMax = 8 * 1024 * 1024;
/// How much of a log's end is looked through for lines.
constexpr std::uint64_t kTailBytesMax = 4 * 1024 * 1024;
constexpr std::uint64_t kTailLinesMax = 100'000;

/// The attempt asked for; the latest one that is more than a plan when none is.
Result<AttemptKey> find_attempt(const Call& call, const JobName& job, std::string_view query) {
  const auto number = number_in_query(query, "attempt", 0);
  if (!number) {
    return refuse(ErrorCode::BadRequest, "attempt must be a whole number");
  }
  const Result<std::vector<JobDetail>> found = call.backend.describe({job});
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (found->empty()) {
    return refuse(ErrorCode::NotFound, "The job does not exist");
  }
  const std::vector<Attempt>& attempts = found->front().attempts;
  for (auto attempt = attempts.rbegin(); attempt != attempts.rend(); ++attempt) {
    const bool is_wanted =
        *number == 0 ? attempt->state != AttemptState::Ahead : attempt->key.number == *number;
    if (is_wanted) {
      return attempt->key;
    }
  }
  return refuse(ErrorCode::NotFound, "The job has no such attempt yet");
}

Result<LogPiece> read_from(const Call& call, const AttemptKey& key, std::string_view query) {
  const auto offset = number_in_query(query, "offset", 0);
  const auto bytes = number_in_query(query, "bytes", 1024 * 1024);
  if (!offset || !bytes) {
    return refuse(ErrorCode::BadRequest, "offset and bytes must be whole numbers");
  }
  return call.backend.read_log(key, *offset, std::clamp<std::uint64_t>(*bytes, 1, kLogBytesMax));
}

struct RecordPlace {
  std::uint64_t offset = 0;
  std::uint64_t lines_before = 0;  ///< In the records before it.
};

/// Leaves only the records before `end`, and of these the last ones that hold `lines` lines. True
/// when there were that many.
bool keep_last_lines(LogPiece& piece, std::uint64_t end, std::uint64_t lines) {
  std::vector<RecordPlace> places;
  std::string_view rest = piece.records;
  std::uint64_t count = 0;
  std::size_t kept = 0;
  bool is_broken = false;
  for (std::size_t at = 0; piece.offset + at < end; at = kept) {
    const auto record = take_log_record(rest, is_broken);
    if (!record) {
      break;
    }
    places.push_back({at, count});
    count +=
        static_cast<std::uint64_t>(std::count(record->bytes.begin(), record->bytes.end(), '\n'));
    kept = piece.records.size() - rest.size();
  }
  std::size_t first = 0;
  while (first + 1 < places.size() && count - places[first + 1].lines_before >= lines) {
    ++first;
  }
  const std::uint64_t cut = places.empty() ? 0 : places[first].offset;
  piece.records = piece.records.substr(cut, kept - cut);
  piece.offset += cut;
  piece.end = piece.offset + piece.records.size();
  return count >= lines;
}

/// Backwards, in windows that grow until they hold enough lines.
Result<LogPiece> read_tail(const Call& call, const AttemptKey& key, std::string_view query) {
  constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
  const auto lines = number_in_query(query, "lines", 1000);
  const auto before = number_in_query(query, "before", kEnd);
  if (!lines || *lines < 1 || !before) {
    return refuse(ErrorCode::BadRequest, "lines and before must be whole numbers");
  }
  const Result<LogPiece> about = call.backend.read_log(key, kEnd, 1);
  if (!about) {
    return about;
  }
  const std::uint64_t end = std::min(*before, about->size);
  for (std::uint64_t window = 64 * 1024;; window *= 4) {
    window = std::min(window, kTailBytesMax);
    const std::uint64_t start = end > window ? end - window : 0;
    Result<LogPiece> piece = call.backend.read_log(key, start, std::max<std::uint64_t>(window, 1));
    if (!piece) {
      return piece;
    }
    const bool is_enough = keep_last_lines(*piece, end, std::min(*lines, kTailLinesMax));
    if (is_enough || start == 0 || window == kTailBytesMax) {
      return piece;
    }
  }
}

HttpResponse records_response(const AttemptKey& key, LogPiece piece) {
  HttpResponse response;
  response.content_type = "application/octet-stream";
  response.headers = {{"X-Dray-Log-Offset", std::to_string(piece.offset)},
                      {"X-Dray-Log-End", std::to_string(piece.end)},
                      {"X-Dray-Log-Size", std::to_string(piece.size)},
                      {"X-Dray-Log-Complete", piece.is_complete ? "true" : "false"},
                      {"X-Dray-Attempt", std::to_string(key.number)}};
  response.body = std::move(piece.records);
  return response;
}

std::string text_of(std::string_view records) {
  std::string text;
  bool is_broken = false;
  while (const auto record = take_log_record(records, is_broken)) {
    text += record->bytes;
  }
  return text;
}

/// The bytes as the job wrote them, piece by piece, up to what there is now. Never as a type that a
/// browser would show: the job chose them.
HttpResponse raw_response(const Call& call, const JobName& job, const AttemptKey& key,
                          std::uint64_t size) {
  std::string name = to_string(job.uuid);
  if (job.child != kNoChild) {
    name += '-' + std::to_string(job.child);
  }
  HttpResponse response;
  response.content_type = "text/plain; charset=utf-8";
  response.headers = {{"Content-Disposition", "attachment; filename=\"" + name + "-attempt-" +
                                                  std::to_string(key.number) + ".log\""},
                      {"Content-Security-Policy", "default-src 'none'; sandbox"}};
  response.more = [&backend = call.backend, key, size,
                   offset = std::uint64_t{0}]() mutable -> Result<std::string> {
    // A piece of empty records is no end.
    for (std::string text; offset < size;) {
      const Result<LogPiece> piece = backend.read_log(key, offset, 1024 * 1024);
      if (!piece) {
        return tl::unexpected(piece.error());
      }
      if (piece->records.empty()) {
        break;
      }
      offset = piece->end;
      text = text_of(piece->records);
      if (!text.empty()) {
        return text;
      }
    }
    return std::string();
  };
  return response;
}

}  // namespace

HttpResponse answer_log(const Call& call, const JobName& job, std::string_view what,
                        std::string_view query) {
  const Result<AttemptKey> key = find_attempt(call, job, query);
  if (!key) {
    return error_response(Dialect::Dray, key.error());
  }
  Result<LogPiece> piece = what == "log"        ? read_from(call, *key, query)
                           : what == "log/tail" ? read_tail(call, *key, query)
                                                : call.backend.read_log(*key, 0, 1);
  if (!piece) {
    return error_response(Dialect::Dray, piece.error());
  }
  if (what == "log/raw") {
    return raw_response(call, job, *key, piece->size);
  }
  return records_response(*key, std::move(*piece));
}

}  // namespace dray::server
