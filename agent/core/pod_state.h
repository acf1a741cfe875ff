#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/instant.h"
#include "model/job_definition.h"

/// A pod: the containers of one attempt, started in the order of their dependencies and ended
/// together (contract 3.8). Decided here; agent/supervisor starts and reaps.
namespace dray::pod {

/// What the order of a pod depends on; the rest of a container is the launch plan's.
struct Member {
  std::string name;
  ContainerRole role = ContainerRole::Essential;
  std::vector<ContainerDependency> depends_on;
  std::optional<Duration> start_timeout;
  Duration stop_timeout = PodContainer::kStopTimeout;
  bool operator==(const Member&) const = default;
};

///   Waiting --its dependencies are met--> Running --> Ended
///      +----- they cannot be, it cannot start, or the pod ends ----> NeverRan
enum class Phase : std::uint8_t { Waiting, Running, Ended, NeverRan };

struct HeldContainer {
  Phase phase = Phase::Waiting;
  Instant started_at;                     ///< Meaningful from Running on.
  std::optional<std::int32_t> exit_code;  ///< Set exactly when Ended.
  std::string reason;                     ///< Set exactly when NeverRan.
  bool is_told_to_end = false;            ///< SIGTERM was sent.
  std::optional<Instant> kill_at;         ///< Its stop timeout; set while Running and told.
};

struct State {
  std::vector<Member> members;        ///< Never changes.
  std::vector<HeldContainer> held;    ///< As many.
  bool is_ending = false;             ///< Nothing starts any more.
  bool is_killed = false;             ///< All die by another hand: only exits are waited for.
  bool is_over = false;               ///< Finish was said.
  std::optional<std::size_t> failed;  ///< The first that fails the pod.
  std::string why_ending;             ///< For those that never ran.
};

/// A pod that has not begun.
State new_pod(std::vector<Member> members);

}  // namespace dray::pod
