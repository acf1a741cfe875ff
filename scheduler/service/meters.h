#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/backend.h"
#include "model/attempt.h"
#include "model/instant.h"

namespace dray {

/// What is measured once, at the moment somebody asks.
struct MeterFacts {
  std::vector<QueueStatus> queues;
  std::vector<api::AgentStatus> agents;
  WallTime now;
  api::DoorFacts door;
  std::uint64_t database_bytes = 0;
  std::uint64_t wal_bytes = 0;
};

/// Counts and times for Prometheus (docs/operating.md lists them). Labels are names of queues,
/// agents and operations, and words of fixed lists: never a job's id or name.
class Meters {
 public:
  Meters(const std::string& version, const std::string& commit);
  ~Meters();
  Meters(const Meters&) = delete;
  Meters& operator=(const Meters&) = delete;

  // ---- on the loop's thread
  void submitted(std::string_view queue, std::uint32_t jobs);
  void finished(std::string_view queue, bool has_succeeded, std::uint32_t jobs);
  /// From submission to the first start.
  void waited(std::string_view queue, std::int64_t ms);
  void attempt_ended(std::string_view queue, const Attempt& attempt);
  void cycled(Duration whole);
  void committed(Duration took);

  // ---- any thread
  void answered(std::string_view operation, int status, Duration took);
  /// All of it, in Prometheus' text format.
  [[nodiscard]] std::string text(const MeterFacts& facts) const;

 private:
  struct Families;
  struct OfQueue;
  OfQueue& of(std::string_view queue);
  std::unique_ptr<Families> families_;
};

}  // namespace dray
