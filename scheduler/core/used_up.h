#pragma once
#include "scheduler/core/turn.h"

namespace dray {

/// What a job that ran took of consumables that are not given back is gone for good.
void use_up_consumables(Turn& turn, const JobSpec& spec);

}  // namespace dray
