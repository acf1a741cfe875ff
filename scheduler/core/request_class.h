#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "model/ids.h"
#include "model/resources.h"
#include "scheduler/core/child_set.h"

namespace dray {

/// Names a class within one State; means nothing outside of it and decides nothing.
using ClassId = Number<struct ClassTag>;

/// What jobs have in common that one decision is good for all of them (D3).
struct ClassKey {
  std::string queue;
  Resources request;
  std::string limited_name;  ///< The job's name, where the queue limits it (RunLimits).
  auto operator<=>(const ClassKey&) const = default;
};

/// Waiting jobs of one queue with equal requests, oldest first. Lives while a job of it lives.
struct RequestClass {
  ClassKey key;
  std::map<JobId, ChildSet> waiting;  ///< Runnable, without an attempt. No empty sets.
  std::uint64_t waiting_count = 0;
  std::uint32_t jobs = 0;    ///< Jobs in State that belong to it.
  std::uint32_t active = 0;  ///< Its live attempts, also those given ahead.
  /// The next to start; `waiting` is not empty.
  [[nodiscard]] JobKey head() const {
    return {waiting.begin()->first, waiting.begin()->second.front()};
  }
};

}  // namespace dray
