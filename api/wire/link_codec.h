#pragma once
#include <string>

#include "api/wire/frame.h"
#include "model/error.h"
#include "model/link_messages.h"

/// model/link_messages.h as frames, and back. Every enumerator and range is checked on the way in:
/// a peer is never trusted (D9).
namespace dray::wire {

/// The message as one frame, or as several when it is long: starts and facts are cut into messages
/// of the same session that say the same in the same order.
std::string encode(const AgentMessage& message);
std::string encode(const SchedulerMessage& message);
std::string encode(const LogMessage& message);

/// BadRequest when the frame is no such message.
Result<AgentMessage> decode_agent_message(const Frame& frame);
Result<SchedulerMessage> decode_scheduler_message(const Frame& frame);
Result<LogMessage> decode_log_message(const Frame& frame);

}  // namespace dray::wire
