#include "model/log_record.h"

#include "model/bytes.h"
#include "model/check.h"

namespace dray {

void append_log_record(std::string& out, const LogRecord& record) {
  CHECK(record.bytes.size() <= kLogRecordBytesMax);
  ByteWriter head;
  head.u32(static_cast<std::uint32_t>(record.bytes.size()));
  head.u32(static_cast<std::uint32_t>(record.stream) | std::uint32_t{record.container} << 8U);
  head.u64(static_cast<std::uint64_t>(record.at.epoch_ms));
  out += head.bytes();
  out += record.bytes;
}

std::optional<LogRecord> take_log_record(std::string_view& data, bool& is_broken) {
  if (data.size() < kLogRecordHead) {
    return std::nullopt;
  }
  ByteReader head(data.substr(0, kLogRecordHead));
  const std::uint32_t length = head.u32();
  const std::uint32_t kind = head.u32();
  const std::uint32_t stream = kind & 0xFFU;
  const std::uint64_t at = head.u64();
  if (length > kLogRecordBytesMax || stream < 1 || stream > 3 || kind > 0xFFFFU) {
    is_broken = true;
    return std::nullopt;
  }
  if (data.size() - kLogRecordHead < length) {
    return std::nullopt;
  }
  LogRecord record{static_cast<LogStream>(stream),
                   {static_cast<std::int64_t>(at)},
                   data.substr(kLogRecordHead, length),
                   static_cast<std::uint8_t>(kind >> 8U)};
  data.remove_prefix(kLogRecordHead + length);
  return record;
}

}  // namespace dray
