#include "agent/supervisor/protocol.h"

#include "agent/supervisor/attempt_bytes.h"
#include "model/check.h"

namespace dray::supervisor {
namespace {

enum class Kind : std::uint8_t {
  Greeting = 1,
  PlannedStart,
  Retract,
  Stop,
  Lease,
  Capacity,
  Acknowledge,
  Forget,
  ShutDown,
  Snapshot = 32,
  Began,
  Ended,
  LogGrew,
  Shortcomings,
};

std::string framed(Kind kind, const ByteWriter& fields) {
  ByteWriter frame;
  frame.u32(static_cast<std::uint32_t>(fields.bytes().size() + 1));
  frame.u8(static_cast<std::uint8_t>(kind));
  return frame.take() + fields.bytes();
}

void write_keys(ByteWriter& out, const std::vector<AttemptKey>& keys) {
  out.varint(keys.size());
  for (const AttemptKey& key : keys) {
    write_key(out, key);
  }
}

std::vector<AttemptKey> read_keys(ByteReader& in) {
  std::vector<AttemptKey> keys;
  for (std::size_t left = in.count(); left > 0; --left) {
    keys.push_back(read_key(in));
  }
  return keys;
}

struct Encoder {
  ByteWriter out;

  std::string operator()(const Greeting& greeting) {
    out.u32(greeting.protocol);
    out.string(greeting.agent_name);
    return framed(Kind::Greeting, out);
  }
  std::string operator()(const PlannedStart& start) {
    write_key(out, start.order.key);
    write_token(out, start.order.token);
    write_resources(out, start.order.request);
    out.u8(start.order.timeout ? 1 : 0);
    out.zigzag(start.order.timeout.value_or(Duration::zero()).count());
    write_plan(out, start.plan);
    return framed(Kind::PlannedStart, out);
  }
  std::string operator()(const Order& order) { return std::visit(*this, order); }
  std::string operator()(const StartOrder&) {
    CHECK(false);
    return {};
  }
  std::string operator()(const RetractOrder& order) {
    write_keys(out, order.attempts);
    return framed(Kind::Retract, out);
  }
  std::string operator()(const StopOrder& order) {
    out.zigzag(order.grace.count());
    write_keys(out, order.attempts);
    return framed(Kind::Stop, out);
  }
  std::string operator()(const LeaseOrder& order) {
    write_instant(out, order.until);
    return framed(Kind::Lease, out);
  }
  std::string operator()(const CapacityOrder& order) {
    write_resources(out, order.capacity);
    return framed(Kind::Capacity, out);
  }
  std::string operator()(const AcknowledgeOrder& order) {
    write_keys(out, order.attempts);
    return framed(Kind::Acknowledge, out);
  }
  std::string operator()(const ForgetOrder& order) {
    write_keys(out, order.attempts);
    return framed(Kind::Forget, out);
  }
  std::string operator()(const ShutDown&) { return framed(Kind::ShutDown, out); }

  std::string operator()(const Fact& fact) { return std::visit(*this, fact); }
  std::string operator()(const Snapshot& snapshot) {
    out.varint(snapshot.live.size());
    for (const LiveAttempt& live : snapshot.live) {
      write_key(out, live.key);
      write_token(out, live.token);
      write_optional(out, live.began_at);
    }
    out.varint(snapshot.ended.size());
    for (const EndedAttempt& ended : snapshot.ended) {
      write_ended(out, ended);
    }
    return framed(Kind::Snapshot, out);
  }
  std::string operator()(const Began& began) {
    write_key(out, began.key);
    write_token(out, began.token);
    write_instant(out, began.at);
    return framed(Kind::Began, out);
  }
  std::string operator()(const Ended& ended) {
    write_ended(out, ended.attempt);
    return framed(Kind::Ended, out);
  }
  std::string operator()(const LogGrew& grew) {
    write_key(out, grew.key);
    return framed(Kind::LogGrew, out);
  }
  std::string operator()(const Shortcomings& shortcomings) {
    out.string(shortcomings.containment);
    out.varint(shortcomings.sentences.size());
    for (const std::string& sentence : shortcomings.sentences) {
      out.string(sentence);
    }
    return framed(Kind::Shortcomings, out);
  }
};

Greeting read_greeting(ByteReader& in) {
  Greeting greeting;
  greeting.protocol = in.u32();
  greeting.agent_name = in.string();
  return greeting;
}

PlannedStart read_start(ByteReader& in) {
  PlannedStart start;
  start.order.key = read_key(in);
  start.order.token = read_token(in);
  start.order.request = read_resources(in);
  const bool has_timeout = in.u8() != 0;
  const Duration timeout(in.zigzag());
  if (has_timeout) {
    start.order.timeout = timeout;
  }
  start.plan = read_plan(in);
  for (const pod::Member& member : start.plan.members) {
    start.order.stop_time += member.stop_timeout;
  }
  return start;
}

Snapshot read_snapshot(ByteReader& in) {
  Snapshot snapshot;
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    LiveAttempt live;
    live.key = read_key(in);
    live.token = read_token(in);
    live.began_at = read_optional(in);
    snapshot.live.push_back(live);
  }
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    snapshot.ended.push_back(read_ended(in));
  }
  return snapshot;
}

Began read_began(ByteReader& in) {
  Began began;
  began.key = read_key(in);
  began.token = read_token(in);
  began.at = read_instant(in);
  return began;
}

Shortcomings read_shortcomings(ByteReader& in) {
  Shortcomings shortcomings;
  shortcomings.containment = in.string();
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    shortcomings.sentences.push_back(in.string());
  }
  return shortcomings;
}

std::optional<ToSupervisor> read_to_supervisor(ByteReader& in) {
  switch (static_cast<Kind>(in.u8())) {
    case Kind::Greeting:
      return read_greeting(in);
    case Kind::PlannedStart:
      return read_start(in);
    case Kind::Retract:
      return Order{RetractOrder{read_keys(in)}};
    case Kind::Stop: {
      const Duration grace(in.zigzag());
      return Order{StopOrder{read_keys(in), grace}};
    }
    case Kind::Lease:
      return Order{LeaseOrder{read_instant(in)}};
    case Kind::Capacity:
      return Order{CapacityOrder{read_resources(in)}};
    case Kind::Acknowledge:
      return Order{AcknowledgeOrder{read_keys(in)}};
    case Kind::Forget:
      return Order{ForgetOrder{read_keys(in)}};
    case Kind::ShutDown:
      return ShutDown{};
    case Kind::Snapshot:
    case Kind::Began:
    case Kind::Ended:
    case Kind::LogGrew:
    case Kind::Shortcomings:
      break;
  }
  return std::nullopt;
}

std::optional<ToAgent> read_to_agent(ByteReader& in) {
  switch (static_cast<Kind>(in.u8())) {
    case Kind::Greeting:
      return read_greeting(in);
    case Kind::Snapshot:
      return Fact{read_snapshot(in)};
    case Kind::Began:
      return Fact{read_began(in)};
    case Kind::Ended:
      return Fact{Ended{read_ended(in)}};
    case Kind::LogGrew:
      return LogGrew{read_key(in)};
    case Kind::Shortcomings:
      return read_shortcomings(in);
    case Kind::PlannedStart:
    case Kind::Retract:
    case Kind::Stop:
    case Kind::Lease:
    case Kind::Capacity:
    case Kind::Acknowledge:
    case Kind::Forget:
    case Kind::ShutDown:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::string encode(const ToSupervisor& message) {
  return std::visit(Encoder{}, message);
}

std::string encode(const ToAgent& message) {
  return std::visit(Encoder{}, message);
}

std::optional<ToSupervisor> decode_to_supervisor(std::string_view body) {
  ByteReader in(body);
  auto message = read_to_supervisor(in);
  return in.is_ok() && in.is_at_end() ? message : std::nullopt;
}

std::optional<ToAgent> decode_to_agent(std::string_view body) {
  ByteReader in(body);
  auto message = read_to_agent(in);
  return in.is_ok() && in.is_at_end() ? message : std::nullopt;
}

std::optional<std::string_view> take_frame(std::string_view& received, bool& is_broken) {
  if (received.size() < kFrameHead) {
    return std::nullopt;
  }
  const std::size_t length = ByteReader(received.substr(0, kFrameHead)).u32();
  if (length == 0 || length > kFrameBytesMax) {
    is_broken = true;
    return std::nullopt;
  }
  if (received.size() - kFrameHead < length) {
    return std::nullopt;
  }
  const std::string_view body = received.substr(kFrameHead, length);
  received.remove_prefix(kFrameHead + length);
  return body;
}

}  // namespace dray::supervisor
