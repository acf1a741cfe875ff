#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/attempt.h"
#include "model/ids.h"
#include "model/instant.h"
#include "model/job.h"
#include "model/queries.h"

/// What happened to a job, in the order in which it happened. Most of it is told by rows that are
/// there anyway; what users said is kept as notes, because a later word replaces the reason.
namespace dray {

enum class NoteKind : std::uint8_t { Cancel, Terminate, Hold, Release, Priority };

/// What a user asked of a job or child that lived, and why: of Priority, how it changed.
struct JobNote {
  JobKey job;
  NoteKind kind = NoteKind::Cancel;
  WallTime at;
  std::string reason;
  std::string said_by;  ///< The user of the access key; empty when nobody is known.
  bool operator==(const JobNote&) const = default;
};

/// So many notes of one job or child are kept: the first ones, and the last.
inline constexpr std::int32_t kNotesAJobMax = 20;

/// A word that ends a job, as a request brings it.
struct StopWords {
  std::string reason;
  std::string said_by;
};

/// One line of a job's history: it came into a state, or somebody said something.
struct HistoryEntry {
  WallTime at;
  std::optional<JobState> state;  ///< Absent for a note.
  std::optional<NoteKind> note;   ///< Absent for a state.
  std::string reason;
  std::string said_by;                   ///< Of a note.
  std::optional<AttemptNumber> attempt;  ///< Which it is about, if any.
  std::string agent;                     ///< Of that attempt.
  std::optional<Outcome> outcome;        ///< How that attempt ended.
  std::optional<std::int32_t> exit_code;
  /// Not stored: when it became RUNNABLE, where what it waited for is no longer on disk.
  bool is_estimate = false;
};

struct JobHistory {
  JobName job;
  std::string name;
  std::string queue;
  std::vector<HistoryEntry> entries;  ///< The oldest first.
};

}  // namespace dray
