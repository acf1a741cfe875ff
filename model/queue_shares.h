#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/resources.h"

/// How the shares of a fair-share queue stand to each other at one moment (docs/fair-share.md).
namespace dray {

/// Of what a share uses the largest part of the queue's agents: that alone is compared.
enum class Dominant : std::uint8_t { Vcpus, Memory, Gpus };

struct ShareStanding {
  /// What it held in the past, as an average that decays.
  struct Average {
    std::int64_t milli_vcpus = 0;
    std::int64_t memory_mib = 0;
    std::int64_t milli_gpus = 0;
  };
  std::string identifier;
  std::int32_t weight = 0;  ///< As ShareWeight: in 1/10,000.
  Dominant dominant = Dominant::Vcpus;
  Resources held;  ///< By what starts and runs.
  Average average;
  /// (held + average) of the dominant resource, as a part of the queue's agents, times the weight;
  /// in 1/1,000,000. The lowest is next. Means nothing while no agent is there.
  std::int64_t weighted_millionths = 0;
  std::uint64_t waiting = 0;  ///< Jobs and children that wait for room.
  std::uint64_t running = 0;  ///< Jobs, children and nodes that start or run.
  std::uint32_t jobs = 0;     ///< That have not ended; an array is one.
};

struct SharesStanding {
  static constexpr std::size_t kSharesMax = 100;
  std::int64_t half_life_seconds = 0;
  std::int32_t compute_reservation = 0;  ///< Percent.
  std::uint32_t active = 0;              ///< Shares with a job that has not ended.
  Resources capacity;                    ///< Of all agents of the queue's environments.
  /// Those in which something waits, in the order of dispatch; then those that hold something; then
  /// those that are remembered. The ones behind kSharesMax are left out.
  std::vector<ShareStanding> shares;
  std::size_t left_out = 0;
};

}  // namespace dray
