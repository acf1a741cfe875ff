#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "scheduler/core/state.h"

namespace dray {

/// How many more jobs may start in one pass, of queues and of names that have a limit (RunLimits).
class RunsLeft {
 public:
  explicit RunsLeft(const State& state);
  /// Of the class; nothing: any number.
  [[nodiscard]] std::optional<std::int64_t> of(const RequestClass& request_class) const;
  /// The smaller of both.
  [[nodiscard]] std::int64_t at_most(std::int64_t most, const RequestClass& request_class) const {
    const auto left = of(request_class);
    return left && *left < most ? *left : most;
  }
  [[nodiscard]] bool is_used_up(const RequestClass& request_class) const {
    return of(request_class) == 0;
  }
  void use(const RequestClass& request_class, std::int64_t jobs);

 private:
  /// By queue and name; the whole queue's without a name. Only those that have a limit.
  std::map<std::pair<std::string, std::string>, std::int64_t> left_;
};

}  // namespace dray
