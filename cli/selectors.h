#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/wire/client_requests.h"
#include "model/child_runs.h"

/// What is written on the command line for jobs, arrays and pairs, taken apart.
namespace dray::cli {

/// A job as somebody names it: "last", a UUID, the beginning of one, an ARN; ":3" names a child,
/// "#3" a node.
struct JobSelector {
  enum class Kind { Last, Whole, Prefix };
  Kind kind = Kind::Whole;
  std::string id;  ///< UUID, ARN or prefix, without the child; empty for Last.
  std::optional<std::int32_t> child;
  bool is_node = false;  ///< `child` is a node of a multi-node job ("ID#3").

  /// `uuid` with the child put behind it again.
  [[nodiscard]] std::string with_child(const std::string& uuid) const;
};

/// Nothing when the text can be no job: prefixes have at least 4 of [0-9a-f-].
std::optional<JobSelector> parse_selector(std::string_view text);

/// "last:3,7-9" -> "last" and "3,7-9": the job, and its children as written; empty when none are
/// named.
std::pair<std::string, std::string> split_children(std::string_view text);
/// What split_children gives as children; none unless they are written as several.
ChildRuns several_children(std::string_view children);

/// "100" or "0-99": the number of children, 2-1,000,000. Nothing for anything else.
std::optional<std::int32_t> parse_array_size(std::string_view text);

/// "ID", "ID:3", "ID:N_TO_N", "ID:3:AFTER_ANY", "ID:AFTER_NOT_OK", "SEQUENTIAL". The id is as
/// written, still to be resolved.
std::optional<wire::SubmitAsk::DependsOn> parse_dependency(std::string_view text);

/// "K=V"; V may be empty and hold '='. Nothing without '=' or with an empty K.
std::optional<std::pair<std::string, std::string>> parse_pair(std::string_view text);

/// A text made fit to be the name of a job or definition (AWS: 128 of [A-Za-z0-9_-], the first
/// alphanumeric): the last part of a path, other characters as '-'.
std::string name_from(std::string_view text);

}  // namespace dray::cli
