#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "examples/package-features/record.h"

namespace package_features {

/// One package, clean: every text is trimmed, lower case where case says nothing, and without tabs.
struct Package {
  std::string name;
  std::string version;
  std::string architecture;
  std::string source;   ///< The source package it is built from; its own name when not given.
  std::string section;  ///< Without the area: `games`, not `contrib/games`. `unknown` when absent.
  std::string priority;
  std::uint64_t installed_kib = 0;
  std::uint64_t download_bytes = 0;
  /// Names of what it depends on, alternatives included; sorted, each once.
  std::vector<std::string> dependencies;
  std::string description;    ///< As given, for its words.
  bool was_repaired = false;  ///< A field was missing or wrong, and a default stands in for it.
};

/// Why a record is no package.
struct Malformed {
  std::string name;  ///< As given; may be empty.
  std::string reason;
};

/// Debian policy 5.6: a package has a name and a version; sizes are numbers. Without the first two
/// a record is malformed; what else is wrong is repaired.
std::variant<Package, Malformed> clean(const Fields& fields);

/// The names in a dependency field: `a (>= 1) | b, c:any [amd64]` is a, b, c. Sorted, each once.
std::vector<std::string> dependency_names(std::string_view field);

}  // namespace package_features
