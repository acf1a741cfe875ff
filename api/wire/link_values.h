#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "model/attempt.h"
#include "model/bytes.h"
#include "model/link_messages.h"

/// The values that several messages of the link share, as bytes. A value out of its range leaves
/// the reader broken.
namespace dray::wire {

/// Longest name, id or reason a peer may send.
inline constexpr std::size_t kLinkTextMax = 4096;

void write_flag(ByteWriter& out, bool flag);
bool read_flag(ByteReader& in);
std::string read_text(ByteReader& in);
void write_duration(ByteWriter& out, Duration duration);
/// From 0 to ten years: sums of such do not overflow.
Duration read_duration(ByteReader& in);
void write_resources(ByteWriter& out, const Resources& resources);
/// Each part from 0 to what no machine has: sums of such do not overflow.
Resources read_resources(ByteReader& in);
void write_key(ByteWriter& out, const AttemptKey& key);
AttemptKey read_key(ByteReader& in);
void write_token(ByteWriter& out, const AttemptToken& token);
AttemptToken read_token(ByteReader& in);
void write_keys(ByteWriter& out, const std::vector<AttemptKey>& keys);
std::vector<AttemptKey> read_keys(ByteReader& in);
void write_end(ByteWriter& out, const AttemptEnd& end);
AttemptEnd read_end(ByteReader& in);

}  // namespace dray::wire
