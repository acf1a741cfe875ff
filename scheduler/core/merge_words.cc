#include "scheduler/core/merge_words.h"

#include <algorithm>
#include <string>
#include <utility>

namespace dray {
namespace {

constexpr std::string_view kReference = "Ref::";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

/// Replaces every Ref::name in one word; what is put in is not looked at again. `Ref::` followed by
/// no name stays (contract, appendix C).
Result<std::string> substitute(const std::string& word, const Parameters& parameters) {
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t found = word.find(kReference, at);
    if (found == std::string::npos) {
      return out + word.substr(at);
    }
    std::size_t end = found + kReference.size();
    const std::size_t begin = end;
    while (end < word.size() && is_name_character(word[end])) {
      ++end;
    }
    out += word.substr(at, found - at);
    at = end;
    if (begin == end) {
      out += kReference;
      continue;
    }
    const std::string name = word.substr(begin, end - begin);
    const auto parameter = parameters.find(name);
    if (parameter == parameters.end()) {
      return refuse(ErrorCode::BadRequest,
                    "Unable to substitute value. No parameter found for reference " + name);
    }
    out += parameter->second;
  }
}

}  // namespace

void merge_environment(std::vector<EnvironmentVariable>& into,
                       const std::vector<EnvironmentVariable>& from) {
  for (const EnvironmentVariable& variable : from) {
    const auto same = std::find_if(into.begin(), into.end(), [&](const EnvironmentVariable& old) {
      return old.name == variable.name;
    });
    if (same == into.end()) {
      into.push_back(variable);
    } else {
      same->value = variable.value;
    }
  }
}

Result<void> substitute(std::vector<std::string>& command, const Parameters& parameters) {
  for (std::string& word : command) {
    Result<std::string> substituted = substitute(word, parameters);
    if (!substituted) {
      return tl::unexpected<Error>(substituted.error());
    }
    word = std::move(*substituted);
  }
  return {};
}

}  // namespace dray
