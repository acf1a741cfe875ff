#include "agent/supervisor/attempt_bytes.h"

#include <limits>

#include "model/pod_bytes.h"

namespace dray::supervisor {
namespace {

/// A bit of the byte of an outcome: a list of containers follows. Journals of before have none.
constexpr unsigned kHasContainers = 0x80;

}  // namespace

void write_key(ByteWriter& out, const AttemptKey& key) {
  out.varint(key.job.job.value);
  out.zigzag(key.job.child);
  out.varint(key.number);
}

AttemptKey read_key(ByteReader& in) {
  AttemptKey key;
  key.job.job.value = in.varint();
  const std::int64_t child = in.zigzag();
  const std::uint64_t number = in.varint();
  if (child < kNoChild || child > std::numeric_limits<std::int32_t>::max() ||
      number > std::numeric_limits<AttemptNumber>::max()) {
    in.mark_broken();
    return {};
  }
  key.job.child = static_cast<std::int32_t>(child);
  key.number = static_cast<AttemptNumber>(number);
  return key;
}

void write_token(ByteWriter& out, const AttemptToken& token) {
  out.u64(token.high);
  out.u64(token.low);
}

AttemptToken read_token(ByteReader& in) {
  const std::uint64_t high = in.u64();
  return {high, in.u64()};
}

void write_instant(ByteWriter& out, Instant at) {
  out.zigzag(at.since_boot.count());
}

Instant read_instant(ByteReader& in) {
  return {Duration(in.zigzag())};
}

void write_optional(ByteWriter& out, const std::optional<Instant>& at) {
  out.u8(at ? 1 : 0);
  if (at) {
    write_instant(out, *at);
  }
}

std::optional<Instant> read_optional(ByteReader& in) {
  if (in.u8() == 0) {
    return std::nullopt;
  }
  return read_instant(in);
}

void write_resources(ByteWriter& out, const Resources& resources) {
  out.zigzag(resources.milli_vcpus);
  out.zigzag(resources.memory_mib);
  out.zigzag(resources.gpus);
}

Resources read_resources(ByteReader& in) {
  Resources resources;
  resources.milli_vcpus = in.zigzag();
  resources.memory_mib = in.zigzag();
  resources.gpus = in.zigzag();
  return resources;
}

void write_ended(ByteWriter& out, const EndedAttempt& ended) {
  write_key(out, ended.key);
  write_token(out, ended.token);
  write_optional(out, ended.began_at);
  write_instant(out, ended.ended_at);
  out.u8(ended.was_retracted ? 1 : 0);
  out.u8(ended.is_acknowledged ? 1 : 0);
  out.varint(ended.log_size);
  const bool has_containers = !ended.end.containers.empty();
  out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(ended.end.outcome) |
                                   (has_containers ? kHasContainers : 0U)));
  out.u8(ended.end.exit_code ? 1 : 0);
  out.zigzag(ended.end.exit_code.value_or(0));
  out.string(ended.end.reason);
  out.string(ended.end.status_reason);
  out.zigzag(ended.end.usage.cpu_ms);
  out.zigzag(ended.end.usage.memory_peak_kib);
  if (has_containers) {
    write_container_ends(out, ended.end.containers);
  }
}

EndedAttempt read_ended(ByteReader& in) {
  EndedAttempt ended;
  ended.key = read_key(in);
  ended.token = read_token(in);
  ended.began_at = read_optional(in);
  ended.ended_at = read_instant(in);
  ended.was_retracted = in.u8() != 0;
  ended.is_acknowledged = in.u8() != 0;
  ended.log_size = in.varint();
  const std::uint8_t first = in.u8();
  const auto outcome = static_cast<std::uint8_t>(first & ~kHasContainers);
  if (outcome > static_cast<std::uint8_t>(Outcome::Stopped)) {
    in.mark_broken();
  } else {
    ended.end.outcome = static_cast<Outcome>(outcome);
  }
  const bool has_exit_code = in.u8() != 0;
  const std::int64_t exit_code = in.zigzag();
  if (has_exit_code) {
    ended.end.exit_code = static_cast<std::int32_t>(exit_code);
  }
  ended.end.reason = in.string();
  ended.end.status_reason = in.string();
  ended.end.usage.cpu_ms = in.zigzag();
  ended.end.usage.memory_peak_kib = in.zigzag();
  if ((first & kHasContainers) != 0) {
    ended.end.containers = read_container_ends(in);
  }
  return ended;
}

}  // namespace dray::supervisor
