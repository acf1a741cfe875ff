#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agent/core/supervisor_messages.h"
#include "model/link_messages.h"
#include "tests/sim/surroundings.h"

namespace dray::sim {

/// The exit records and starts a supervisor has written down.
struct Journal {
  struct Seen {
    AttemptToken token;
    std::optional<Instant> launched_at;
  };
  std::map<AttemptKey, Seen> seen;
  std::map<AttemptKey, supervisor::EndedAttempt> ended;
};

/// One machine that has an agent: its clock, its boots, and what its disk keeps over them.
class Machine {
 public:
  Machine(Surroundings around, std::size_t number, std::string environment, Resources capacity);

  /// A new boot: another id, and a clock that begins again. Instants in the journal are brought to
  /// it; what was not synced may be lost.
  void boot();
  /// From the agent's next start on it has so much.
  void resize(const Resources& capacity) { capacity_ = capacity; }
  /// As it was at first.
  void restore_size() { capacity_ = first_capacity_; }
  [[nodiscard]] bool is_resized() const { return capacity_ != first_capacity_; }
  [[nodiscard]] Instant now() const { return clock_.local(around_.timeline.now()); }
  /// How long until this machine's clock shows `local`.
  [[nodiscard]] Duration until(Instant local) const;
  [[nodiscard]] Instant world(Instant local) const { return clock_.world(local); }

  [[nodiscard]] std::size_t number() const { return number_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& environment() const { return environment_; }
  [[nodiscard]] const Resources& capacity() const { return capacity_; }
  [[nodiscard]] std::string boot_id() const { return "boot-" + std::to_string(boots_); }

  // The disk.
  std::uint64_t incarnation = 0;
  std::uint64_t sequence = 0;
  Journal journal;         ///< As it is written.
  Journal synced_journal;  ///< As a power cut leaves it.

 private:
  Surroundings around_;
  std::size_t number_;
  std::string name_;
  std::string environment_;
  Resources first_capacity_;
  Resources capacity_;
  std::uint64_t boots_ = 0;
  LocalClock clock_;
};

}  // namespace dray::sim
