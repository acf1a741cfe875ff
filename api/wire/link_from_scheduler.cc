#include <utility>

#include "api/wire/link_codec.h"
#include "api/wire/link_payload.h"
#include "api/wire/link_values.h"
#include "model/check.h"
#include "model/spec_bytes.h"

namespace dray::wire {
namespace {

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

}  // namespace

std::string encode(const SchedulerMessage& message) {
  return std::visit([](const auto& it) { return bytes_of(it); }, message);
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

}  // namespace dray::wire
