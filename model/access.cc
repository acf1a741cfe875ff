#include "model/access.h"

#include "model/check.h"

namespace dray {

std::string_view name_of(Role role) {
  switch (role) {
    case Role::Viewer:
      return "viewer";
    case Role::Submitter:
      return "submitter";
    case Role::Operator:
      return "operator";
    case Role::Admin:
      return "admin";
  }
  check_failed("a Role", __FILE__, __LINE__);
}

std::optional<Role> parse_role(std::string_view name) {
  for (const Role role : {Role::Viewer, Role::Submitter, Role::Operator, Role::Admin}) {
    if (name_of(role) == name) {
      return role;
    }
  }
  return std::nullopt;
}

/// Remembers the latest star and lets it take one character more when what follows does not fit.
bool matches_queue(std::string_view pattern, std::string_view queue) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  while (in < queue.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      taken = in;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == queue[in])) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++taken;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') {
    ++at;
  }
  return at == pattern.size();
}

}  // namespace dray
