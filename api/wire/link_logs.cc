#include <utility>

#include "api/wire/link_codec.h"
#include "api/wire/link_payload.h"
#include "api/wire/link_values.h"

namespace dray::wire {
namespace {

std::string bytes_of(const LogHello& hello) {
  ByteWriter out;
  out.string(hello.agent_name);
  out.string(hello.boot_id);
  out.varint(hello.incarnation);
  return framed(FrameKind::LogHello, std::move(out));
}

std::string bytes_of(const LogBytes& bytes) {
  ByteWriter out;
  write_key(out, bytes.key);
  write_token(out, bytes.token);
  out.varint(bytes.offset);
  write_flag(out, bytes.is_last);
  out.string(bytes.bytes);
  return framed(FrameKind::LogBytes, std::move(out));
}

LogBytes read_log_bytes(ByteReader& in) {
  LogBytes bytes;
  bytes.key = read_key(in);
  bytes.token = read_token(in);
  bytes.offset = in.varint();
  bytes.is_last = read_flag(in);
  bytes.bytes = in.string();
  // No file is so long; the sum of offset and length must not wrap.
  if (bytes.offset > (std::uint64_t{1} << 62)) {
    in.mark_broken();
  }
  return bytes;
}

std::string bytes_of(const LogStored& stored) {
  ByteWriter out;
  write_key(out, stored.key);
  out.varint(stored.offset);
  write_flag(out, stored.is_complete);
  return framed(FrameKind::LogStored, std::move(out));
}

}  // namespace

std::string encode(const LogMessage& message) {
  return std::visit([](const auto& it) { return bytes_of(it); }, message);
}

Result<LogMessage> decode_log_message(const Frame& frame) {
  ByteReader in(frame.payload);
  if (frame.kind == static_cast<std::uint8_t>(FrameKind::LogHello)) {
    LogHello hello;
    hello.agent_name = read_text(in);
    hello.boot_id = read_text(in);
    hello.incarnation = in.varint();
    return finish<LogMessage>(in, std::move(hello));
  }
  if (frame.kind == static_cast<std::uint8_t>(FrameKind::LogBytes)) {
    LogBytes bytes = read_log_bytes(in);
    return finish<LogMessage>(in, std::move(bytes));
  }
  if (frame.kind == static_cast<std::uint8_t>(FrameKind::LogStored)) {
    LogStored stored;
    stored.key = read_key(in);
    stored.offset = in.varint();
    stored.is_complete = read_flag(in);
    return finish<LogMessage>(in, stored);
  }
  return unknown_kind(frame);
}

}  // namespace dray::wire
