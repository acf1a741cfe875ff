#pragma once
#include <string>
#include <string_view>

#include "model/ids.h"
#include "model/log_group.h"

namespace dray::wire {

/// Where a job's attempts log: its definition's logConfiguration may name a group and a prefix of
/// their streams (AWS: options awslogs-group and awslogs-stream-prefix of the driver awslogs).
struct LogTarget {
  std::string group{kJobLogGroup};
  std::string prefix;  ///< Empty: the definition's name.
};

/// Of containerProperties as they were given, JSON.
LogTarget log_target(std::string_view container_as_given);
/// The stream of an attempt of a job of this definition.
std::string log_stream_name(const LogTarget& target, std::string_view definition,
                            const AttemptKey& attempt);
/// And of one container of its pod.
std::string log_stream_name(const LogTarget& target, std::string_view definition,
                            std::string_view container, const AttemptKey& attempt);

}  // namespace dray::wire
