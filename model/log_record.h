#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/instant.h"

namespace dray {

/// How a job's output lies in its log file, on the agent and on the scheduler: records, each a head
/// of 16 bytes and the bytes as the job wrote them. Lossless: joining the bytes of all records of a
/// stream gives exactly what the job wrote to it.
/// Head, little endian: u32 length of the bytes; u8 stream (1 stdout, 2 stderr, 3 a note of Dray's
/// own such as "[truncated]"); u8 container, its place in a pod, 0 elsewhere; 2 zero bytes; i64
/// wall time of the read, epoch ms.
enum class LogStream : std::uint8_t { Output = 1, Error = 2, Note = 3 };

inline constexpr std::size_t kLogRecordHead = 16;
inline constexpr std::size_t kLogRecordBytesMax = 64 * 1024;

struct LogRecord {
  LogStream stream = LogStream::Output;
  WallTime at;
  std::string_view bytes;  ///< Points into what was parsed.
  std::uint8_t container = 0;
};

/// Appends one record to `out`; `record.bytes` has at most kLogRecordBytesMax bytes.
void append_log_record(std::string& out, const LogRecord& record);
/// The first record of `data`, which then loses it; nothing when `data` holds no whole record.
/// `is_broken` becomes true when the head cannot be one.
std::optional<LogRecord> take_log_record(std::string_view& data, bool& is_broken);

}  // namespace dray
