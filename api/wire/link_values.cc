#include "api/wire/link_values.h"

#include <limits>

#include "model/job_definition.h"
#include "model/pod_bytes.h"

namespace dray::wire {
namespace {

constexpr std::int64_t kMicrosecondsMax = std::int64_t{10} * 366 * 24 * 3600 * 1'000'000;
constexpr std::int64_t kMilliVcpusMax = 1'000'000'000;
constexpr std::int64_t kMemoryMibMax = 1'000'000'000'000;
constexpr std::int64_t kGpusMax = 1'000'000;
/// A task id has six hex digits for the number of an attempt.
constexpr std::uint64_t kAttemptNumberMax = 0xffffff;

/// A bit of the byte of an outcome: a list of containers follows.
constexpr unsigned kWithContainers = 0x80;

std::int64_t read_within(ByteReader& in, std::int64_t least, std::int64_t most) {
  const std::int64_t value = in.zigzag();
  if (value < least || value > most) {
    in.mark_broken();
    return least;
  }
  return value;
}

}  // namespace

void write_flag(ByteWriter& out, bool flag) {
  out.u8(flag ? 1 : 0);
}

bool read_flag(ByteReader& in) {
  const std::uint8_t value = in.u8();
  if (value > 1) {
    in.mark_broken();
  }
  return value == 1;
}

std::string read_text(ByteReader& in) {
  std::string text = in.string();
  if (text.size() > kLinkTextMax) {
    in.mark_broken();
    return {};
  }
  return text;
}

void write_duration(ByteWriter& out, Duration duration) {
  out.zigzag(duration.count());
}

Duration read_duration(ByteReader& in) {
  return Duration(read_within(in, 0, kMicrosecondsMax));
}

void write_resources(ByteWriter& out, const Resources& resources) {
  out.zigzag(resources.milli_vcpus);
  out.zigzag(resources.memory_mib);
  out.zigzag(resources.gpus);
}

Resources read_resources(ByteReader& in) {
  Resources resources;
  resources.milli_vcpus = read_within(in, 0, kMilliVcpusMax);
  resources.memory_mib = read_within(in, 0, kMemoryMibMax);
  resources.gpus = read_within(in, 0, kGpusMax);
  return resources;
}

void write_key(ByteWriter& out, const AttemptKey& key) {
  out.varint(key.job.job.value);
  out.zigzag(key.job.child);
  out.varint(key.number);
}

AttemptKey read_key(ByteReader& in) {
  AttemptKey key;
  key.job.job.value = in.varint();
  key.job.child = static_cast<std::int32_t>(
      read_within(in, kNoChild, std::numeric_limits<std::int32_t>::max()));
  const std::uint64_t number = in.varint();
  if (number == 0 || number > kAttemptNumberMax || key.job.job.is_none()) {
    in.mark_broken();
    return {};
  }
  key.number = static_cast<AttemptNumber>(number);
  return key;
}

void write_token(ByteWriter& out, const AttemptToken& token) {
  out.u64(token.high);
  out.u64(token.low);
}

AttemptToken read_token(ByteReader& in) {
  AttemptToken token;
  token.high = in.u64();
  token.low = in.u64();
  return token;
}

void write_keys(ByteWriter& out, const std::vector<AttemptKey>& keys) {
  out.varint(keys.size());
  for (const AttemptKey& key : keys) {
    write_key(out, key);
  }
}

std::vector<AttemptKey> read_keys(ByteReader& in) {
  std::vector<AttemptKey> keys;
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    keys.push_back(read_key(in));
  }
  return keys;
}

/// Peers of before have no pods: the list is there only when it says something.
void write_end(ByteWriter& out, const AttemptEnd& end) {
  const bool has_containers = !end.containers.empty();
  out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(end.outcome) |
                                   (has_containers ? kWithContainers : 0U)));
  write_flag(out, end.exit_code.has_value());
  out.zigzag(end.exit_code.value_or(0));
  out.string(end.reason);
  out.string(end.status_reason);
  out.zigzag(end.usage.cpu_ms);
  out.zigzag(end.usage.memory_peak_kib);
  if (has_containers) {
    write_container_ends(out, end.containers);
  }
}

AttemptEnd read_end(ByteReader& in) {
  AttemptEnd end;
  const std::uint8_t first = in.u8();
  const auto outcome = static_cast<std::uint8_t>(first & ~kWithContainers);
  if (outcome > static_cast<std::uint8_t>(Outcome::Stopped)) {
    in.mark_broken();
    return {};
  }
  end.outcome = static_cast<Outcome>(outcome);
  const bool has_code = read_flag(in);
  const std::int64_t code = read_within(in, std::numeric_limits<std::int32_t>::min(),
                                        std::numeric_limits<std::int32_t>::max());
  if (has_code) {
    end.exit_code = static_cast<std::int32_t>(code);
  }
  end.reason = read_text(in);
  end.status_reason = read_text(in);
  end.usage.cpu_ms = read_within(in, 0, std::numeric_limits<std::int64_t>::max());
  end.usage.memory_peak_kib = read_within(in, 0, std::numeric_limits<std::int64_t>::max());
  if ((first & kWithContainers) != 0) {
    end.containers = read_container_ends(in);
    for (const ContainerEnd& one : end.containers) {
      if (end.containers.size() > kPodContainersMax || one.name.size() > kLinkTextMax ||
          one.reason.size() > kLinkTextMax) {
        in.mark_broken();
        return {};
      }
    }
  }
  return end;
}

}  // namespace dray::wire
