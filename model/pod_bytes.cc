#include "model/pod_bytes.h"

#include <limits>
#include <utility>

#include "model/spec_bytes.h"

namespace dray {
namespace {

void write_optional_duration(ByteWriter& out, const std::optional<Duration>& duration) {
  out.zigzag(duration ? duration->count() : -1);
}

std::optional<Duration> read_optional_duration(ByteReader& in) {
  const std::int64_t count = in.zigzag();
  return count < 0 ? std::nullopt : std::optional(Duration(count));
}

PodContainer read_pod_container(ByteReader& in, std::size_t count) {
  PodContainer one;
  one.name = in.string();
  one.container = read_container(in);
  one.role = in.one_of(ContainerRole::Member);
  one.depends_on = read_dependencies(in, count);
  one.start_timeout = read_optional_duration(in);
  one.stop_timeout = Duration(in.zigzag());
  const std::uint64_t entry_words = in.varint();
  if (entry_words > one.container.command.size()) {
    in.mark_broken();
  }
  one.entry_words = static_cast<std::uint32_t>(entry_words);
  return one;
}

}  // namespace

void write_dependencies(ByteWriter& out, const std::vector<ContainerDependency>& depends_on) {
  out.varint(depends_on.size());
  for (const ContainerDependency& on : depends_on) {
    out.varint(on.container);
    out.u8(static_cast<std::uint8_t>(on.condition));
  }
}

std::vector<ContainerDependency> read_dependencies(ByteReader& in, std::size_t count) {
  std::vector<ContainerDependency> depends_on;
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    const std::uint64_t container = in.varint();
    if (container >= count) {
      in.mark_broken();
    }
    depends_on.push_back(
        {static_cast<std::uint32_t>(container), in.one_of(ContainerCondition::Success)});
  }
  return depends_on;
}

void write_pod(ByteWriter& out, const Pod& pod) {
  out.varint(pod.size());
  for (const PodContainer& one : pod) {
    out.string(one.name);
    write_container(out, one.container);
    out.u8(static_cast<std::uint8_t>(one.role));
    write_dependencies(out, one.depends_on);
    write_optional_duration(out, one.start_timeout);
    out.zigzag(one.stop_timeout.count());
    out.varint(one.entry_words);
  }
}

Pod read_pod(ByteReader& in) {
  Pod pod;
  const std::size_t count = in.count();
  for (std::size_t left = count; left > 0 && in.is_ok(); --left) {
    pod.push_back(read_pod_container(in, count));
  }
  return pod;
}

void write_container_ends(ByteWriter& out, const std::vector<ContainerEnd>& ends) {
  out.varint(ends.size());
  for (const ContainerEnd& end : ends) {
    out.string(end.name);
    out.u8(static_cast<std::uint8_t>((end.has_begun ? 1 : 0) + (end.exit_code ? 2 : 0)));
    out.zigzag(end.exit_code.value_or(0));
    out.string(end.reason);
  }
}

std::vector<ContainerEnd> read_container_ends(ByteReader& in) {
  std::vector<ContainerEnd> ends;
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    ContainerEnd end;
    end.name = in.string();
    const std::uint8_t flags = in.u8();
    const std::int64_t code = in.zigzag();
    if (flags > 3 || code < std::numeric_limits<std::int32_t>::min() ||
        code > std::numeric_limits<std::int32_t>::max()) {
      in.mark_broken();
    }
    end.has_begun = (flags & 1U) != 0;
    if ((flags & 2U) != 0) {
      end.exit_code = static_cast<std::int32_t>(code);
    }
    end.reason = in.string();
    ends.push_back(std::move(end));
  }
  return ends;
}

}  // namespace dray
