#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace package_features {

/// Cuts a package index (`apt-cache dumpavail`) into the texts of its records. A record ends at an
/// empty line, or where a second `Package:` begins: a lost empty line must not swallow a package.
class RecordCutter {
 public:
  /// `index` must outlive the cutter and what it returns.
  explicit RecordCutter(std::string_view index) : rest_(index) {}
  /// The next record's text without its empty line; nothing at the end.
  std::optional<std::string_view> next();

 private:
  std::string_view rest_;
};

/// The fields of one record by name in lower case; lines that continue a field are joined to it by
/// spaces. Lines that are no field are left out; of a field given twice the first counts.
using Fields = std::map<std::string, std::string>;
Fields parse_fields(std::string_view record);

}  // namespace package_features
