#pragma once

#include <string>

#include "api/wire/arn.h"

namespace dray::wire {

inline const ArnScope kScope{"eu-west-1", "123456789012"};
inline const std::string kUuid = "4c7599ae-0a82-49aa-ba5a-4727fcce14a8";

}  // namespace dray::wire
