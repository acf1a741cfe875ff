#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/ids.h"
#include "model/job.h"

/// Request bodies as a client writes them, in AWS's shapes.
namespace dray::wire {

using NameValues = std::vector<std::pair<std::string, std::string>>;

/// SubmitJob. Members that are empty are left out.
struct SubmitAsk {
  std::string name;
  std::string queue;
  std::string definition;  ///< Name or name:revision.
  std::int32_t array_size = 0;
  std::int32_t running_max = 0;  ///< Of the array; 0: left out.
  std::int32_t failed_max = 0;
  bool is_held = false;
  struct DependsOn {
    std::string id;    ///< Empty with SEQUENTIAL.
    std::string type;  ///< "", "N_TO_N", "SEQUENTIAL", "AFTER_ANY", "AFTER_NOT_OK".
    bool operator==(const DependsOn&) const = default;
  };
  std::vector<DependsOn> depends_on;
  NameValues parameters;
  std::vector<std::string> command;
  NameValues environment;
  std::string vcpus;   ///< "2", "0.5".
  std::string memory;  ///< MiB.
  std::string gpus;
  std::int32_t attempts = 0;   ///< 0: as the definition says.
  std::string memory_ceiling;  ///< MiB: memory that was too little doubles up to it.
  std::int64_t timeout_s = 0;  ///< 0: as the definition says.
  std::string share;
  std::int32_t scheduling_priority = -1;  ///< -1: as the definition says.
};

/// RegisterJobDefinition of a container (or native) job.
struct DefinitionAsk {
  std::string name;
  std::string image;
  std::vector<std::string> command;
  std::string vcpus;
  std::string memory;
};

/// ListJobs: of a queue, or of the children of an array.
struct ListAsk {
  std::string queue;
  std::string array;
  std::optional<JobState> state;
  std::string name_filter;  ///< JOB_NAME; any state then. A trailing '*' is a prefix.
  bool all_states = false;  ///< By a filter on the time of creation: newest first (AWS).
  std::int32_t results_max = 100;
  std::string next_token;
};

std::string encode_submit(const SubmitAsk& ask);
std::string encode_register(const DefinitionAsk& ask);
std::string encode_list(const ListAsk& ask);
std::string encode_describe_jobs(const std::vector<std::string>& ids);
std::string encode_describe_definitions(const std::string& name);
/// CancelJob and TerminateJob.
std::string encode_stop(const std::string& id, const std::string& reason);
/// POST /dray/v1/jobs/ID/limits; what is absent stays.
std::string encode_limits(std::optional<std::int32_t> running_max,
                          std::optional<std::int32_t> failed_max);
/// POST /dray/v1/queues/NAME/order.
std::string encode_queue_order(std::string_view order);
/// POST /dray/v1/jobs/ID/priority.
std::string encode_priority(std::int32_t priority);
/// POST /dray/v1/queues/NAME/concurrency; what is absent stays.
std::string encode_queue_limits(std::optional<std::int32_t> running_max,
                                const std::map<std::string, std::int32_t>& by_name);
/// POST /dray/v1/jobs/ID/rerun, hold or release: of all children (that have failed), or of those in
/// "3,7-9".
std::string encode_children(const std::string& children);
std::string encode_describe_queues(const std::string& name);
std::string encode_describe_environments(const std::string& name);
/// An UNMANAGED compute environment: a pool that agents join by name.
std::string encode_create_environment(const std::string& name);
std::string encode_create_queue(const std::string& name, const std::string& environment);

}  // namespace dray::wire
