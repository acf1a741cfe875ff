#include "examples/package-features/package.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace package_features {

namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/// Debian policy 5.6.7: at least two characters, of which the first is a letter or digit.
bool is_package_name(std::string_view name) {
  return name.size() >= 2 && std::isalnum(static_cast<unsigned char>(name.front())) != 0 &&
         std::all_of(name.begin(), name.end(), is_name_character);
}

/// The field in lower case without tabs; empty when it is absent.
std::string word_of(const Fields& fields, const char* name) {
  const auto field = fields.find(name);
  if (field == fields.end()) {
    return {};
  }
  std::string text = field->second;
  std::replace(text.begin(), text.end(), '\t', ' ');
  return text;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// A number, or 0 and a repaired package.
std::uint64_t number_of(const Fields& fields, const char* name, Package& package) {
  const std::string text = word_of(fields, name);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    package.was_repaired = true;
    return 0;
  }
  return number;
}

/// `value`, or a default and a repaired package.
std::string or_default(std::string value, std::string_view fallback, Package& package) {
  if (value.empty()) {
    package.was_repaired = true;
    return std::string(fallback);
  }
  return value;
}

}  // namespace

std::vector<std::string> dependency_names(std::string_view field) {
  std::vector<std::string> names;
  std::size_t at = 0;
  bool expects_name = true;
  while (at < field.size()) {
    if (field[at] == ',' || field[at] == '|') {
      expects_name = true;
      ++at;
    } else if (expects_name && is_name_character(field[at])) {
      std::size_t end = at;
      while (end < field.size() && is_name_character(field[end])) {
        ++end;
      }
      names.emplace_back(field.substr(at, end - at));
      expects_name = false;
      at = end;
    } else {
      ++at;
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::variant<Package, Malformed> clean(const Fields& fields) {
  Package package;
  package.name = lower(word_of(fields, "package"));
  if (!is_package_name(package.name)) {
    return Malformed{package.name, package.name.empty() ? "no name" : "not a package name"};
  }
  package.version = word_of(fields, "version");
  if (package.version.empty()) {
    return Malformed{package.name, "no version"};
  }
  package.architecture = or_default(lower(word_of(fields, "architecture")), "all", package);
  package.priority = or_default(lower(word_of(fields, "priority")), "optional", package);
  const std::string section = lower(word_of(fields, "section"));
  package.section = or_default(section.substr(section.find('/') + 1), "unknown", package);
  const std::string source = lower(word_of(fields, "source"));
  package.source = source.empty() ? package.name : source.substr(0, source.find(' '));
  package.installed_kib = number_of(fields, "installed-size", package);
  package.download_bytes = number_of(fields, "size", package);
  package.dependencies =
      dependency_names(word_of(fields, "pre-depends") + "," + word_of(fields, "depends"));
  package.description = word_of(fields, "description");
  return package;
}

}  // namespace package_features
