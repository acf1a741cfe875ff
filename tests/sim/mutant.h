#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace dray::sim {

/// A planted bug, in the doubles: each stands for a rule left out, and some seed must catch it.
enum class Mutant : std::uint8_t {
  None,
  OrdersBeforeCommit,     ///< F1, D2: answers and orders leave before the commit.
  SessionsUnchecked,      ///< F2: messages of an old session are taken as of the new one.
  GivenAwayOnDisconnect,  ///< F5: a lost connection counts as a proof of death.
  LeaseIgnored,           ///< F6: the supervisor never ends attempts by itself.
  StartsForgotten,        ///< F7: the supervisor forgets what it has started.
  EndsForgotten,          ///< F8: the supervisor forgets ends before they are acknowledged.
  DiskForgets,            ///< D2: a commit may be lost although it was said to be durable.
};
inline constexpr std::array<std::string_view, 8> kMutantNames = {
    "none",          "orders-before-commit", "sessions-unchecked", "given-away-on-disconnect",
    "lease-ignored", "starts-forgotten",     "ends-forgotten",     "disk-forgets"};

}  // namespace dray::sim
