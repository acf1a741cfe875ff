#pragma once
#include <string>
#include <vector>

#include "agent/runner/runner.h"

namespace dray {

/// Image `native`: a process on this machine, without a container and without a shell (D10).
class NativeRunner : public Runner {
 public:
  /// Jobs run as `ordinary` unless they name another user; only root may become another.
  NativeRunner(MachineUser ordinary, bool may_become_others)
      : ordinary_(std::move(ordinary)), may_become_others_(may_become_others) {}

  [[nodiscard]] supervisor::LaunchPlan plan(const JobToRun& job, const AttemptKey& key,
                                            const AttemptToken& token,
                                            const std::string& scratch) const override;

  /// Whom a job that names `wanted`, or nobody, runs as.
  [[nodiscard]] Result<MachineUser> user_for(const std::string& wanted) const;

 private:
  MachineUser ordinary_;
  bool may_become_others_;
};

/// What a job sees, NAME=value, sorted by name. Later ones win: what every process needs, the
/// queue's, the job's, and what Batch itself sets (AWS: names that begin with AWS_BATCH are its
/// own).
std::vector<std::string> job_environment(const JobToRun& job, const AttemptKey& key,
                                         const AttemptToken& token, const std::string& scratch,
                                         const std::string& user);

/// The same for a container, whose image says the rest: the queue's, the job's, Batch's, and
/// TMPDIR.
std::vector<std::string> container_environment(const JobToRun& job, const AttemptKey& key,
                                               const AttemptToken& token,
                                               const std::string& scratch);

/// The file that a program's name means: itself when it has a slash, else the first executable one
/// in the folders of `search_path`. Refused in the words of AWS: CannotStartContainerError.
Result<std::string> find_program(const std::string& name, const std::string& search_path);

}  // namespace dray
