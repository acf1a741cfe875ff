#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/instant.h"
#include "model/resources.h"
#include "scheduler/core/child_set.h"

namespace dray {

/// Names a class within one State; means nothing outside of it and decides nothing.
using ClassId = Number<struct ClassTag>;

/// Quantities of consumable resources by name; none is 0.
using Quantities = std::map<std::string, std::int64_t>;

/// Nodes of a multi-node job that ask for the same.
struct NodeShape {
  std::int32_t count = 0;
  Resources request;
  auto operator<=>(const NodeShape&) const = default;
};

/// What jobs have in common that one decision is good for all of them (D3).
struct ClassKey {
  std::string queue;
  Resources request;
  std::string share;          ///< Of a fair-share queue; empty in others.
  std::int32_t priority = 0;  ///< As priority_of the job: within its share, or in its queue.
  Duration expected{};        ///< How long each probably runs (expected_run); zero: unknown.
  Quantities consumables;     ///< What each job or child takes.
  /// Of multi-node jobs, in the order of their nodes: all of them start, or none (a gang). Then
  /// `request` is the main node's.
  std::vector<NodeShape> nodes;
  std::string limited_name;  ///< The job's name, where the queue limits it (RunLimits).
  auto operator<=>(const ClassKey&) const = default;
  [[nodiscard]] bool is_gang() const { return !nodes.empty(); }
  [[nodiscard]] std::size_t node_count() const;
  /// What a job asks for: a gang for all its nodes.
  [[nodiscard]] Resources together() const;
};

/// Waiting jobs of one queue with equal requests, of one share and priority, oldest first. Lives
/// while a job of it lives.
struct RequestClass {
  /// Those of one job.
  struct Waiting : ChildSet {
    Instant submitted;  ///< As JobEntry's: looked at for every class in every pass.
  };
  ClassKey key;
  std::map<JobId, Waiting> waiting;  ///< Runnable, without an attempt. No empty sets.
  std::uint64_t waiting_count = 0;
  std::uint32_t jobs = 0;    ///< Jobs in State that belong to it.
  std::uint32_t active = 0;  ///< Jobs and children with live attempts, also those given ahead.
  /// The next to start; `waiting` is not empty.
  [[nodiscard]] JobKey head() const {
    return {waiting.begin()->first, waiting.begin()->second.front()};
  }
};

}  // namespace dray
