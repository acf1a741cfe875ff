#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/supervisor_messages.h"
#include "scheduler/core/decision.h"
#include "tests/sim/disk.h"
#include "tests/sim/processes.h"
#include "tests/sim/users.h"

namespace dray::sim {

/// Looks at the world: at what ran and what is on disk, not at what a program under test believes.
/// The first thing that is wrong ends the run.
class Oracles {
 public:
  Oracles(Timeline& timeline, const Disk& disk, const Processes& processes,
          std::vector<Resources> capacities)
      : timeline_(timeline),
        disk_(disk),
        processes_(processes),
        capacities_(std::move(capacities)),
        lease_over_(capacities_.size()),
        before_(capacities_),
        resized_at_(capacities_.size()) {}

  void problem(const std::string& text);
  [[nodiscard]] const std::optional<std::string>& first_problem() const { return problem_; }

  /// After every commit: `problems` are those of the disk.
  void committed(const std::vector<Change>& changes, const std::vector<std::string>& problems);
  void began(const Witness& witness);
  void ended(const Witness& witness);
  /// A supervisor has written an end down: from now on it cannot be lost (F8).
  void journalled(const supervisor::EndedAttempt& end);
  /// The agent was granted its lease up to this moment of the world; processes die before it, and
  /// a little (F6).
  void leased(std::size_t machine, Instant until);
  /// Its supervisor is told that the machine has so much from now on.
  void resized(std::size_t machine, const Resources& capacity);
  /// No process lives longer than its agent's lease.
  void check_leases();
  /// Every acknowledged submit is on disk.
  void check_acknowledged(const std::vector<Acknowledged>& jobs);
  /// At the end: what each job and child became is what its processes did.
  void check_ends();

 private:
  void check_reserved();
  void check_capacity(std::size_t machine);
  void check_ended(const Attempt& attempt);
  void check_dependencies(const Witness& witness);
  void check_main_node(const Witness& witness);
  [[nodiscard]] static std::int32_t deciding(const JobRows& rows, std::int32_t child);
  void check_end(const JobRows& rows, std::int32_t child, JobState state);
  [[nodiscard]] bool has_succeeded(const JobRows& rows, std::int32_t child) const;
  /// As AFTER_ANY or AFTER_NOT_OK waits for it.
  [[nodiscard]] bool has_ended_well(const Dependency& dependency) const;
  [[nodiscard]] bool has_succeeded(const JobRows& rows, const Dependency& dependency,
                                   std::int32_t child) const;

  Timeline& timeline_;
  const Disk& disk_;
  const Processes& processes_;
  std::vector<Resources> capacities_;
  std::vector<Instant> lease_over_;
  std::vector<Resources> before_;  ///< Capacities before the last change.
  std::vector<Instant> resized_at_;
  std::map<std::pair<AttemptKey, AttemptToken>, Witness> ran_;
  std::map<AttemptKey, AttemptToken> numbers_begun_;
  std::map<std::pair<AttemptKey, AttemptToken>, AttemptEnd> journalled_;
  std::optional<std::string> problem_;
};

}  // namespace dray::sim
