#include "cli/takes.h"

#include <cctype>
#include <cstdlib>

#include "cli/durations.h"
#include "cli/selectors.h"
#include "model/names.h"

namespace dray::cli {

Take into(std::string& place) {
  return [&place](const std::string& text) {
    place = text;
    return text.empty() ? "must not be empty" : "";
  };
}

Take duration_into(std::optional<Duration>& place) {
  return [&place](const std::string& text) {
    place = parse_duration(text);
    return place ? "" : "`" + text + "` is no duration; write 90s, 15m, 2h30m or 1d";
  };
}

Take vcpus_into(std::string& place) {
  return [&place](const std::string& text) {
    place = text;
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    const bool is_number =
        !text.empty() && *end == '\0' && text.find_first_not_of("0123456789.") == std::string::npos;
    return is_number && value > 0 ? "" : "`" + text + "` is no number of vCPUs; write 2 or 0.5";
  };
}

Take memory_into(std::string& place) {
  return [&place](const std::string& text) {
    const std::optional<std::int64_t> mib = parse_memory_mib(text);
    place = mib ? std::to_string(*mib) : "";
    return mib ? "" : "`" + text + "` is no amount of memory; write 512 (MiB), 512M or 2G";
  };
}

Take optional_into(std::optional<std::int32_t>& place, std::int64_t least, std::int64_t most) {
  return [&place, least, most](const std::string& text) {
    std::int32_t value = 0;
    const std::string wrong = number_into(value, least, most)(text);
    place = value;
    return wrong;
  };
}

Take pair_into(wire::NameValues& place) {
  return [&place](const std::string& text) {
    const auto pair = parse_pair(text);
    if (pair) {
      place.push_back(*pair);
    }
    return pair ? "" : "`" + text + "` is not NAME=VALUE";
  };
}

Take number_by_name_into(std::map<std::string, std::int32_t>& place) {
  return [&place](const std::string& text) {
    const auto pair = parse_pair(text);
    if (!pair) {
      return "`" + text + "` is not NAME=N";
    }
    return number_into(place[pair->first], 0, 1'000'000)(pair->second);
  };
}

Take dependencies_into(std::vector<wire::SubmitAsk::DependsOn>& place) {
  return [&place](const std::string& text) {
    std::string rest = text;
    while (!rest.empty()) {
      const std::string one = rest.substr(0, rest.find(','));
      rest.erase(0, one.size() + 1);
      const auto dependency = parse_dependency(one);
      if (!dependency) {
        return "`" + one +
               "` is no job; write ID, ID:3, ID:N_TO_N, ID:AFTER_ANY, "
               "ID:AFTER_NOT_OK or SEQUENTIAL";
      }
      place.push_back(*dependency);
    }
    return std::string();
  };
}

Take states_into(std::vector<JobState>& place) {
  return [&place](const std::string& text) {
    std::string rest = text;
    while (!rest.empty()) {
      std::string one = rest.substr(0, rest.find(','));
      rest.erase(0, one.size() + 1);

      for (char& c : one) {
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      }
      const std::optional<JobState> state = parse_job_state(one);
      if (!state) {
        return "`" + one +
               "` is no state; they are SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, "
               "SUCCEEDED, FAILED";
      }
      place.push_back(*state);
    }
    return std::string();
  };
}

}  // namespace dray::cli
