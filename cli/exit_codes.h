#pragma once
#include <vector>

#include "api/client/failure.h"
#include "api/wire/client_views.h"

/// What `dray` ends with: stable, documented in docs/cli.md.
namespace dray::cli {

// Every verb.
inline constexpr int kDone = 0;
inline constexpr int kInterrupted = 130;  ///< Also: detached from a job that runs on.

// Every verb but run, wait and submit --wait.
inline constexpr int kFailed = 1;  ///< Refused by the server, or general failure.
inline constexpr int kUsage = 2;
inline constexpr int kNotFound = 3;
inline constexpr int kUnreachable = 4;
inline constexpr int kNotAllowed = 5;

// run, wait and submit --wait: they pass a job's own code through, so theirs lie outside the usual
// range.
inline constexpr int kSomeFailed = 122;  ///< Several jobs or an array, some FAILED.
inline constexpr int kNoExitCode = 123;  ///< Ended without a code: cancelled, lost, never started.
inline constexpr int kTimedOut = 124;    ///< --timeout ran out; the jobs go on.
inline constexpr int kTrouble = 125;     ///< Dray's own: unreachable, refused, usage.

/// The first table: what a failed call ends a verb with.
int exit_code_of(const client::Failure& failure);

/// The second table: what jobs that all have ended end `run` and `wait` with. A FAILED job that
/// nevertheless left code 0 (stopped by us) counts as one without a code.
int exit_code_of(const std::vector<wire::JobView>& ended);

}  // namespace dray::cli
