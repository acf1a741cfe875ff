#pragma once
#include <optional>
#include <string>

#include "cli/options.h"
#include "cli/processes.h"
#include "cli/session.h"

namespace dray::cli {

/// One scheduler and one agent on this machine, with all they keep under one folder. They are the
/// same whether `dray up` watches them, has been killed, or left them running.
class LocalSystem {
 public:
  explicit LocalSystem(std::string folder) : folder_(std::move(folder)) {}
  /// `given`, or ~/.local/share/dray ($XDG_DATA_HOME).
  static Result<std::string> data_folder(const std::string& given);

  /// Makes the folder and holds it: false when another `dray up` has it.
  Result<bool> hold();
  /// Starts what is not running yet. Each is ready when this returns.
  Result<void> start_scheduler(const UpOptions& options);
  Result<void> start_agent(const UpOptions& options);
  [[nodiscard]] bool is_scheduler_alive() const;
  [[nodiscard]] bool is_agent_alive() const;
  /// Ends both; with `keep_jobs` running attempts go on under their supervisor.
  Result<void> stop(bool keep_jobs);

  /// Where the running scheduler says that it listens for "http" or "agents".
  [[nodiscard]] std::string address(const std::string& of) const;
  /// The admin's access key, as its first start has written it.
  [[nodiscard]] std::string credentials_file() const { return path("scheduler/credentials"); }
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string folder_;
  int lock_ = -1;  ///< Kept to the end of the program; children do not inherit it.
};

}  // namespace dray::cli
