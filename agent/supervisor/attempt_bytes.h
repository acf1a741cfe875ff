#pragma once
#include "agent/core/supervisor_messages.h"
#include "model/bytes.h"

/// The supervisor's values as bytes: one form for its socket and its journal.
namespace dray::supervisor {

void write_key(ByteWriter& out, const AttemptKey& key);
AttemptKey read_key(ByteReader& in);
void write_token(ByteWriter& out, const AttemptToken& token);
AttemptToken read_token(ByteReader& in);
void write_instant(ByteWriter& out, Instant at);
Instant read_instant(ByteReader& in);
void write_optional(ByteWriter& out, const std::optional<Instant>& at);
std::optional<Instant> read_optional(ByteReader& in);
void write_resources(ByteWriter& out, const Resources& resources);
Resources read_resources(ByteReader& in);
void write_ended(ByteWriter& out, const EndedAttempt& ended);
EndedAttempt read_ended(ByteReader& in);

}  // namespace dray::supervisor
