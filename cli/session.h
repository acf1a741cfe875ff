#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/client/client.h"
#include "cli/interrupts.h"
#include "cli/options.h"
#include "cli/terminal.h"

namespace dray::cli {

/// What every verb works with.
struct Session {
  GlobalOptions options;
  Terminal terminal;
  client::Client client;
  Interrupts interrupts;
  std::string key_source;  ///< Where the access key was found; empty: there is none.
  std::string key_id;

  /// A note to stderr, unless -q.
  void note(std::string_view line) const {
    if (!options.is_quiet) {
      say(line);
    }
  }
};

/// Says what failed, why and what to do next; the code of the first table.
int report(const Session& session, const client::Failure& failure);

/// Writes things in the form -o asks for: `json` and `ids` one each, `table` as text. Without -o
/// it is the table; with -q the ids.
void write_things(const Session& session, const std::vector<std::string>& json,
                  const std::vector<std::string>& ids, const std::string& table);

/// The moment, for pauses and rates. CLOCK_MONOTONIC is near enough to the model's clock here.
Instant now();

/// How long to wait between two questions: 50 ms at first and after news, rising to 1 s.
class Pace {
 public:
  Duration next() {
    const Duration pause = pause_;
    pause_ = pause_ * 13 / 10 < kMax ? pause_ * 13 / 10 : kMax;
    return pause;
  }
  void news() { pause_ = kMin; }

 private:
  static constexpr Duration kMin = std::chrono::milliseconds(50);
  static constexpr Duration kMax = std::chrono::seconds(1);
  Duration pause_ = kMin;
};

}  // namespace dray::cli
