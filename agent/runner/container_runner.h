#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/runner/container_engine.h"
#include "agent/runner/native_runner.h"
#include "agent/runner/runner.h"
#include "model/container_options.h"

namespace dray {

/// What the operator lets containers do.
struct ContainerRules {
  std::string folder;                     ///< The agent's data folder: marks its containers.
  std::vector<std::string> volume_paths;  ///< Host folders below which jobs may mount.
  std::string network = "host";
  std::uint32_t start_seconds = 600;  ///< For the pull of an image.
  bool may_be_root = false;           ///< The image's user counts, and any user may be named.
};

/// Which container of a pod is planned.
struct PodPart {
  std::size_t at = 0;
  bool replaces_entry_point = false;
};

/// Any image but `native`: a container of this machine's engine (D10). The engine is the attempt's
/// main process; its container lives in groups below the attempt's (docs/adr/0009).
class ContainerRunner : public Runner {
 public:
  /// `native` knows whom jobs may run as.
  ContainerRunner(ContainerEngine engine, ContainerRules rules, const NativeRunner& native)
      : engine_(std::move(engine)), rules_(std::move(rules)), native_(native) {}

  [[nodiscard]] supervisor::LaunchPlan plan(const JobToRun& job, const AttemptKey& key,
                                            const AttemptToken& token,
                                            const std::string& scratch) const override {
    return plan_part(job, key, token, scratch, {});
  }
  /// `part`: the job's spec is that of one container of a pod.
  [[nodiscard]] supervisor::LaunchPlan plan_part(const JobToRun& job, const AttemptKey& key,
                                                 const AttemptToken& token,
                                                 const std::string& scratch,
                                                 const std::optional<PodPart>& part) const;

 private:
  /// Volumes without a host path are the engine's; those of a pod, whose containers share them, are
  /// `folders` beside `scratch`, out of reach of the pod's own processes.
  [[nodiscard]] Result<std::vector<std::string>> mounts_of(const ContainerOptions& options,
                                                           const std::string& scratch,
                                                           std::vector<std::string>* folders) const;
  [[nodiscard]] Result<std::string> host_folder(const std::string& given) const;
  [[nodiscard]] Result<MachineUser> user_for(const std::string& wanted, std::string& word) const;

  ContainerEngine engine_;
  ContainerRules rules_;
  const NativeRunner& native_;
};

/// Native or container, by the image; a pod is planned container by container.
class AnyRunner : public Runner {
 public:
  /// Both must outlive it. Without `container`, images are refused with `why_no_containers`.
  AnyRunner(const NativeRunner& native, const ContainerRunner* container,
            std::string why_no_containers)
      : native_(native), container_(container), why_(std::move(why_no_containers)) {}

  [[nodiscard]] supervisor::LaunchPlan plan(const JobToRun& job, const AttemptKey& key,
                                            const AttemptToken& token,
                                            const std::string& scratch) const override;

 private:
  [[nodiscard]] supervisor::LaunchPlan plan_part(const JobToRun& job, const AttemptKey& key,
                                                 const AttemptToken& token,
                                                 const std::string& scratch,
                                                 const std::optional<PodPart>& part) const;
  [[nodiscard]] supervisor::LaunchPlan plan_pod(const JobToRun& job, const AttemptKey& key,
                                                const AttemptToken& token,
                                                const std::string& scratch) const;

  const NativeRunner& native_;
  const ContainerRunner* container_;
  std::string why_;
};

/// Where a container sees the attempt's scratch folder; TMPDIR says so.
inline constexpr const char* kScratchInContainer = "/scratch";

}  // namespace dray
