#pragma once
#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "api/wire/client_requests.h"
#include "model/instant.h"
#include "model/job.h"

/// What options do with their texts.
namespace dray::cli {

/// CLI11 takes a text for an option at a time; `take` says what is wrong with it, or nothing.
using Take = std::function<std::string(const std::string&)>;

Take into(std::string& place);
Take duration_into(std::optional<Duration>& place);
/// A number with a fraction, as AWS writes vCPUs: kept as text.
Take vcpus_into(std::string& place);
Take memory_into(std::string& place);
Take optional_into(std::optional<std::int32_t>& place, std::int64_t least, std::int64_t most);
Take pair_into(wire::NameValues& place);
/// NAME=N.
Take number_by_name_into(std::map<std::string, std::int32_t>& place);
Take dependencies_into(std::vector<wire::SubmitAsk::DependsOn>& place);
Take states_into(std::vector<JobState>& place);

template <class Number>
Take number_into(Number& place, std::int64_t least, std::int64_t most) {
  return [&place, least, most](const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_good =
        error == std::errc() && end == text.data() + text.size() && value >= least && value <= most;
    if (is_good) {
      place = static_cast<typename std::remove_reference_t<Number>>(value);
    }
    return is_good ? std::string()
                   : "`" + text + "` is not a number from " + std::to_string(least) + " to " +
                         std::to_string(most);
  };
}

template <class Choice>
Take choice_into(Choice& place, std::map<std::string, Choice> words) {
  return [&place, words = std::move(words)](const std::string& text) {
    const auto word = words.find(text);
    if (word != words.end()) {
      place = word->second;
      return std::string();
    }
    std::string known;
    for (const auto& entry : words) {
      known += (known.empty() ? "" : ", ") + entry.first;
    }
    return "`" + text + "` is none of " + known;
  };
}

}  // namespace dray::cli
