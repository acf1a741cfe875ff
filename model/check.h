#pragma once

namespace dray {
/// Prints the broken invariant and aborts. Called by CHECK only.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}  // namespace dray

/// The program itself is wrong when this fails: in every build it prints and aborts. Never for what
/// a user, an agent or a disk can cause (D9).
#define CHECK(condition) \
  ((condition) ? void(0) : ::dray::check_failed(#condition, __FILE__, __LINE__))
