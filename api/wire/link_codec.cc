#include "api/wire/link_codec.h"

#include <utility>

#include "api/wire/link_values.h"
#include "model/check.h"
#include "model/spec_bytes.h"

namespace dray::wire {
namespace {

/// Long messages are cut about here, so that none comes near kFramePayloadMax.
constexpr std::size_t kCutAt = 512 * 1024;

std::string framed(FrameKind kind, ByteWriter payload) {
  std::string out;
  append_frame(out, kind, payload.bytes());
  return out;
}

void write_job(ByteWriter& out, const JobToRun& job) {
  CHECK(job.spec != nullptr);
  out.varint(job.job.value);
  out.u64(job.uuid.high);
  out.u64(job.uuid.low);
  out.string(job.environment_name);
  write_variables(out, job.queue_environment);
  write_job_spec(out, *job.spec);
}

JobToRun read_job(ByteReader& in) {
  JobToRun job;
  job.job.value = in.varint();
  job.uuid.high = in.u64();
  job.uuid.low = in.u64();
  job.environment_name = read_text(in);
  job.queue_environment = read_variables(in);
  job.spec = std::make_shared<const JobSpec>(read_job_spec(in));
  return job;
}

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

// ---- one function a message --------------------------------------------------------------------

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

std::string bytes_of(const Welcome& welcome) {
  ByteWriter out;
  out.varint(welcome.session.value);
  out.varint(welcome.hello_sequence);
  write_duration(out, welcome.lease);
  write_duration(out, welcome.renew_every);
  write_keys(out, welcome.keep);
  return framed(FrameKind::Welcome, std::move(out));
}

Welcome read_welcome(ByteReader& in) {
  Welcome welcome;
  welcome.session.value = in.varint();
  welcome.hello_sequence = in.varint();
  welcome.lease = read_duration(in);
  welcome.renew_every = read_duration(in);
  welcome.keep = read_keys(in);
  return welcome;
}

std::string bytes_of(const HelloRefused& refused) {
  ByteWriter out;
  out.varint(refused.hello_sequence);
  out.string(refused.reason);
  return framed(FrameKind::HelloRefused, std::move(out));
}

std::string bytes_of(const LeaseGranted& granted) {
  ByteWriter out;
  out.varint(granted.session.value);
  out.varint(granted.number);
  write_duration(out, granted.lease);
  return framed(FrameKind::LeaseGranted, std::move(out));
}

/// A StartAttempts that grows until it is cut.
struct StartPiece {
  SessionId session;
  ByteWriter jobs;
  std::size_t job_count = 0;
  ByteWriter starts;
  std::size_t start_count = 0;

  [[nodiscard]] std::size_t size() const { return jobs.bytes().size() + starts.bytes().size(); }
  void append_to(std::string& frames) {
    ByteWriter session_and_count;
    session_and_count.varint(session.value);
    session_and_count.varint(job_count);
    ByteWriter starts_count;
    starts_count.varint(start_count);
    append_frame(frames, FrameKind::StartAttempts,
                 session_and_count.take() + jobs.take() + starts_count.take() + starts.take());
    *this = StartPiece{session, {}, 0, {}, 0};
  }
};

std::string bytes_of(const StartAttempts& start) {
  std::string frames;
  StartPiece piece{start.session, {}, 0, {}, 0};
  for (const JobToRun& job : start.jobs) {
    write_job(piece.jobs, job);
    ++piece.job_count;
    if (piece.size() >= kCutAt) {
      piece.append_to(frames);
    }
  }
  for (const StartAttempt& attempt : start.starts) {
    write_key(piece.starts, attempt.key);
    write_token(piece.starts, attempt.token);
    write_flag(piece.starts, attempt.ahead);
    ++piece.start_count;
    if (piece.size() >= kCutAt) {
      piece.append_to(frames);
    }
  }
  if (piece.size() > 0 || frames.empty()) {
    piece.append_to(frames);
  }
  return frames;
}

StartAttempts read_start(ByteReader& in) {
  StartAttempts start;
  start.session.value = in.varint();
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    start.jobs.push_back(read_job(in));
  }
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    StartAttempt attempt;
    attempt.key = read_key(in);
    attempt.token = read_token(in);
    attempt.ahead = read_flag(in);
    start.starts.push_back(attempt);
  }
  return start;
}

std::string bytes_of(const RetractAttempts& retract) {
  ByteWriter out;
  out.varint(retract.session.value);
  write_keys(out, retract.attempts);
  return framed(FrameKind::RetractAttempts, std::move(out));
}

std::string bytes_of(const StopAttempts& stop) {
  ByteWriter out;
  out.varint(stop.session.value);
  write_keys(out, stop.attempts);
  write_duration(out, stop.grace);
  return framed(FrameKind::StopAttempts, std::move(out));
}

std::string bytes_of(const AcknowledgeEnds& acknowledge) {
  ByteWriter out;
  out.varint(acknowledge.session.value);
  write_keys(out, acknowledge.attempts);
  return framed(FrameKind::AcknowledgeEnds, std::move(out));
}

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

/// What was read, if every byte of it was sound and none is left over.
template <class Message, class Read>
Result<Message> finish(ByteReader& in, Read read) {
  if (!in.is_ok() || !in.is_at_end()) {
    return refuse(ErrorCode::BadRequest, "A frame's payload is broken.");
  }
  return Message(std::move(read));
}

tl::unexpected<Error> unknown_kind(const Frame& frame) {
  return refuse(ErrorCode::BadRequest,
                "A frame of kind " + std::to_string(frame.kind) + " does not belong here.");
}

}  // namespace

std::string encode(const AgentMessage& message) {
  return std::visit([](const auto& it) { return bytes_of(it); }, message);
}

std::string encode(const SchedulerMessage& message) {
  return std::visit([](const auto& it) { return bytes_of(it); }, message);
}

std::string encode(const LogMessage& message) {
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

Result<SchedulerMessage> decode_scheduler_message(const Frame& frame) {
  ByteReader in(frame.payload);
  if (frame.kind == static_cast<std::uint8_t>(FrameKind::Welcome)) {
    Welcome welcome = read_welcome(in);
    return finish<SchedulerMessage>(in, std::move(welcome));
  }
  if (frame.kind == static_cast<std::uint8_t>(FrameKind::HelloRefused)) {
    HelloRefused refused;
    refused.hello_sequence = in.varint();
    refused.reason = read_text(in);
    return finish<SchedulerMessage>(in, std::move(refused));
  }
  if (frame.kind == static_cast<std::uint8_t>(FrameKind::LeaseGranted)) {
    LeaseGranted granted;
    granted.session.value = in.varint();
    granted.number = in.varint();
    granted.lease = read_duration(in);
    return finish<SchedulerMessage>(in, granted);
  }
  if (frame.kind == static_cast<std::uint8_t>(FrameKind::StartAttempts)) {
    StartAttempts start = read_start(in);
    return finish<SchedulerMessage>(in, std::move(start));
  }
  if (frame.kind == static_cast<std::uint8_t>(FrameKind::RetractAttempts)) {
    RetractAttempts retract;
    retract.session.value = in.varint();
    retract.attempts = read_keys(in);
    return finish<SchedulerMessage>(in, std::move(retract));
  }
  if (frame.kind == static_cast<std::uint8_t>(FrameKind::StopAttempts)) {
    StopAttempts stop;
    stop.session.value = in.varint();
    stop.attempts = read_keys(in);
    stop.grace = read_duration(in);
    return finish<SchedulerMessage>(in, std::move(stop));
  }
  if (frame.kind == static_cast<std::uint8_t>(FrameKind::AcknowledgeEnds)) {
    AcknowledgeEnds acknowledge;
    acknowledge.session.value = in.varint();
    acknowledge.attempts = read_keys(in);
    return finish<SchedulerMessage>(in, std::move(acknowledge));
  }
  return unknown_kind(frame);
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
