#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/attempt.h"
#include "model/ids.h"
#include "model/instant.h"
#include "model/job.h"
#include "model/resources.h"

/// What a client reads in answers: plain values, lenient. A member that is missing or of another
/// type is empty here, so that older and newer schedulers can be talked to.
namespace dray::wire {

/// One ended attempt of a job, as DescribeJobs tells it.
struct AttemptView {
  std::optional<WallTime> started_at;
  std::optional<WallTime> stopped_at;
  std::optional<std::int32_t> exit_code;
  std::string reason;
  std::string status_reason;
  std::string log_stream;
  std::string agent;           ///< Dray's own addition; empty from others.
  std::string outcome;         ///< Dray's own addition, `name_of(Outcome)`.
  std::optional<Usage> usage;  ///< Dray's own addition.
};

/// One of several containers of a job, as the latest attempt left it.
struct ContainerView {
  std::string name;
  std::string image;
  std::optional<std::int32_t> exit_code;
  std::string reason;
};

/// A job, array parent or child, from DescribeJobs or (with less in it) from ListJobs.
struct JobView {
  std::string id;  ///< `uuid` or `uuid:index`.
  std::string name;
  std::string queue;       ///< Name; taken out of the ARN.
  std::string definition;  ///< `name:revision`; taken out of the ARN.
  JobState state = JobState::Submitted;
  std::string status_reason;
  std::optional<WallTime> created_at;
  std::optional<WallTime> started_at;
  std::optional<WallTime> stopped_at;
  std::optional<std::int32_t> exit_code;  ///< Of the latest attempt.
  std::string reason;                     ///< container.reason of the latest attempt.
  std::string image;
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string vcpus;   ///< As the server writes it: "0.5".
  std::string memory;  ///< MiB.
  std::string gpus;
  std::vector<std::string> depends_on;  ///< "ID", "ID (N_TO_N)", "own children in order".
  std::int32_t attempts_allowed = 1;
  std::optional<std::int64_t> timeout_s;
  std::vector<AttemptView> attempts;
  std::string agent;            ///< Where the live attempt is; Dray's own addition.
  std::int32_t array_size = 0;  ///< Above 0: an array parent.
  std::int32_t child = kNoChild;
  std::optional<StateCounts> counts;  ///< Of the children, for a parent.
  bool is_cancelled = false;
  bool is_terminated = false;
  bool is_held = false;                   ///< Dray's own, as the next two.
  std::string held_children;              ///< Of an array: "3,7-9".
  std::optional<std::int32_t> priority;   ///< Where it is not 0, or was changed.
  std::vector<ContainerView> containers;  ///< Of a job that has several.
  std::string json;                       ///< The object as the server wrote it, on one line.

  [[nodiscard]] bool is_array() const { return array_size > 0; }
};

/// Failed children of an array, by what they failed for.
struct CauseView {
  std::optional<std::int32_t> exit_code;
  std::string reason;
  std::string status_reason;
  std::int64_t count = 0;
  std::string indexes;  ///< "3,7-9"; perhaps only the first of them.
};

struct JobPageView {
  std::vector<JobView> jobs;
  std::string next_token;  ///< Empty on the last page.
};

struct SubmittedView {
  std::string id;
  std::string name;
  std::string json;
};

struct DefinitionView {
  std::string name;
  std::int32_t revision = 0;
  std::string image;
};

struct AgentView {
  std::string name;
  std::string environment;
  std::string state;
  Resources capacity;
  Resources reserved;
  std::uint32_t attempts_live = 0;
  std::uint32_t attempts_ahead = 0;
  std::string json;
};

struct QueueView {
  std::string name;
  bool is_enabled = true;
  std::int32_t priority = 0;
  std::vector<std::string> environments;
  StateCounts counts{};
  std::string json;
};

/// One agent in an explanation, and what it is short of.
struct VerdictView {
  std::string agent;
  std::string environment;
  std::string verdict;
  Resources capacity;
  Resources free;
  Resources short_of;
};

struct ExplanationView {
  std::string job_id;
  std::string code;
  std::string sentence;
  std::vector<VerdictView> agents;
  std::vector<std::string> blockers;
  std::uint64_t position = 0;
  std::vector<std::string> would_start_if;
  std::string json;
};

/// One line of a job's history: a state it came into, or what somebody asked for.
struct HistoryLineView {
  std::optional<WallTime> at;
  std::string status;   ///< "RUNNING"; empty for a request.
  std::string request;  ///< "TERMINATE"; empty for a state.
  std::string by;
  std::string reason;
  std::optional<std::int64_t> attempt;
  std::string agent;
  std::string outcome;
  std::optional<std::int64_t> exit_code;
  bool is_estimate = false;
};

struct HistoryView {
  std::string job_id;
  std::vector<HistoryLineView> lines;
  std::string json;
};

/// Amounts as the server wrote them; empty when it did not.
struct UsageRowView {
  std::string requested;
  std::string median;
  std::string p95;
  std::string most;
  std::string suggested;
};

/// What jobs of a definition used.
struct UsageView {
  std::uint64_t jobs = 0;
  std::uint64_t attempts = 0;
  std::uint64_t out_of_memory = 0;
  UsageRowView memory_mib;
  UsageRowView vcpus;
  std::string json;
};

/// A piece of one attempt's log: whole records (model/log_record.h).
struct LogPieceView {
  std::string records;
  std::uint64_t offset = 0;
  std::uint64_t end = 0;
  std::uint64_t size = 0;
  std::uint32_t attempt = 0;
  bool is_complete = false;
};

/// An error body: AWS's shape.
struct ErrorView {
  std::string type;  ///< "ClientException"; empty when the body has none.
  std::string message;
};

}  // namespace dray::wire
