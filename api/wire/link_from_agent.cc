#include <utility>

#include "api/wire/link_codec.h"
#include "api/wire/link_payload.h"
#include "api/wire/link_values.h"

namespace dray::wire {
namespace {

void write_fact(ByteWriter& out, const AttemptBegan& began) {
  out.u8(1);
  write_key(out, began.key);
  write_token(out, began.token);
  write_duration(out, began.age);
}

void write_fact(ByteWriter& out, const AttemptFinished& finished) {
  out.u8(2);
  write_key(out, finished.key);
  write_token(out, finished.token);
  write_flag(out, finished.had_begun);
  write_flag(out, finished.was_retracted);
  write_duration(out, finished.began_age);
  write_duration(out, finished.ended_age);
  write_end(out, finished.end);
}

std::variant<AttemptBegan, AttemptFinished> read_fact(ByteReader& in) {
  const std::uint8_t which = in.u8();
  if (which == 1) {
    AttemptBegan began;
    began.key = read_key(in);
    began.token = read_token(in);
    began.age = read_duration(in);
    return began;
  }
  if (which != 2) {
    in.mark_broken();
  }
  AttemptFinished finished;
  finished.key = read_key(in);
  finished.token = read_token(in);
  finished.had_begun = read_flag(in);
  finished.was_retracted = read_flag(in);
  finished.began_age = read_duration(in);
  finished.ended_age = read_duration(in);
  finished.end = read_end(in);
  return finished;
}

void write_held(ByteWriter& out, const std::vector<HeldAttempt>& attempts) {
  out.varint(attempts.size());
  for (const HeldAttempt& held : attempts) {
    write_key(out, held.key);
    write_token(out, held.token);
    write_flag(out, held.has_begun);
  }
}

std::vector<HeldAttempt> read_held(ByteReader& in) {
  std::vector<HeldAttempt> attempts;
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    HeldAttempt held;
    held.key = read_key(in);
    held.token = read_token(in);
    held.has_begun = read_flag(in);
    attempts.push_back(held);
  }
  return attempts;
}

std::string bytes_of(const Hello& hello) {
  ByteWriter out;
  out.varint(hello.protocol);
  out.string(hello.agent_name);
  out.string(hello.environment);
  write_resources(out, hello.capacity);
  out.string(hello.boot_id);
  out.varint(hello.incarnation);
  out.varint(hello.sequence);
  write_held(out, hello.held);
  write_held(out, hello.ended);
  out.string(hello.folder);
  if (!hello.address.empty()) {
    out.string(hello.address);
  }
  return framed(FrameKind::Hello, std::move(out));
}

Hello read_hello(ByteReader& in) {
  Hello hello;
  const std::uint64_t protocol = in.varint();
  if (protocol > 0xffff) {
    in.mark_broken();
  }
  hello.protocol = static_cast<std::uint32_t>(protocol);
  hello.agent_name = read_text(in);
  hello.environment = read_text(in);
  hello.capacity = read_resources(in);
  hello.boot_id = read_text(in);
  hello.incarnation = in.varint();
  hello.sequence = in.varint();
  hello.held = read_held(in);
  hello.ended = read_held(in);
  hello.folder = read_text(in);
  if (in.is_ok() && !in.is_at_end()) {
    hello.address = read_text(in);
  }
  return hello;
}

std::string bytes_of(const LeaseAsked& asked) {
  ByteWriter out;
  out.varint(asked.session.value);
  out.varint(asked.number);
  return framed(FrameKind::LeaseAsked, std::move(out));
}

/// One frame: the `count` facts that `facts` holds.
std::string facts_frame(SessionId session, std::size_t count, const ByteWriter& facts) {
  ByteWriter out;
  out.varint(session.value);
  out.varint(count);
  std::string payload = out.take() + facts.bytes();
  std::string frame;
  append_frame(frame, FrameKind::Facts, payload);
  return frame;
}

std::string bytes_of(const Facts& facts) {
  std::string frames;
  ByteWriter piece;
  std::size_t count = 0;
  for (const auto& fact : facts.facts) {
    std::visit([&piece](const auto& it) { write_fact(piece, it); }, fact);
    ++count;
    if (piece.bytes().size() >= kCutAt) {
      frames += facts_frame(facts.session, count, std::exchange(piece, {}));
      count = 0;
    }
  }
  if (count > 0 || frames.empty()) {
    frames += facts_frame(facts.session, count, piece);
  }
  return frames;
}

Facts read_facts(ByteReader& in) {
  Facts facts;
  facts.session.value = in.varint();
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    facts.facts.push_back(read_fact(in));
  }
  return facts;
}

}  // namespace

std::string encode(const AgentMessage& message) {
  return std::visit([](const auto& it) { return bytes_of(it); }, message);
}

Result<AgentMessage> decode_agent_message(const Frame& frame) {
  ByteReader in(frame.payload);
  if (frame.kind == static_cast<std::uint8_t>(FrameKind::Hello)) {
    Hello hello = read_hello(in);
    return finish<AgentMessage>(in, std::move(hello));
  }
  if (frame.kind == static_cast<std::uint8_t>(FrameKind::LeaseAsked)) {
    LeaseAsked asked;
    asked.session.value = in.varint();
    asked.number = in.varint();
    return finish<AgentMessage>(in, asked);
  }
  if (frame.kind == static_cast<std::uint8_t>(FrameKind::Facts)) {
    Facts facts = read_facts(in);
    return finish<AgentMessage>(in, std::move(facts));
  }
  return unknown_kind(frame);
}

}  // namespace dray::wire
