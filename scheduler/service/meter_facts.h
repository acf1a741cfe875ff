#pragma once
#include <vector>

#include <prometheus/metric_family.h>

#include "scheduler/service/meters.h"

namespace dray {

/// Gauges of what is so right now, the process's own among them.
std::vector<prometheus::MetricFamily> measure(const MeterFacts& facts);

}  // namespace dray
