#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/wire/client_requests.h"
#include "cli/terminal.h"
#include "model/instant.h"
#include "model/job.h"

/// The command line as values: checked, units taken apart; ids are as written.
namespace dray::cli {

enum class OutputFormat { Table, Json, JsonLines, Id };

struct GlobalOptions {
  std::string url = "http://127.0.0.1:8470";
  std::string ca_bundle;  ///< Empty: the CAs that the system trusts.
  OutputFormat format = OutputFormat::Table;
  ColorChoice color = ColorChoice::Auto;
  bool is_quiet = false;
  Duration lost_for_max = std::chrono::seconds(60);  ///< --connect-timeout, while waiting.
};

enum class OnInterrupt { Ask, Detach, Cancel };

/// submit and run.
struct SubmitOptions {
  wire::SubmitAsk ask;  ///< `definition` empty: one is made for the command.
  std::string image = "native";
  bool wait = false;
  bool is_dry_run = false;
  std::optional<Duration> wait_timeout;
  OnInterrupt on_interrupt = OnInterrupt::Ask;
};

struct WaitOptions {
  std::vector<std::string> ids;
  std::optional<Duration> timeout;
};

struct LogsOptions {
  std::string id;
  bool follow = false;
  std::optional<std::uint32_t> attempt;
  bool stdout_only = false;
  bool stderr_only = false;
  bool no_prefix = false;
};

struct JobsOptions {
  std::string queue;  ///< Empty: all.
  std::string array;  ///< Not empty: the children of that job.
  std::string name;
  std::vector<JobState> states;  ///< Empty: all.
  std::int32_t limit = 50;
};

/// cancel and terminate.
struct StopOptions {
  std::vector<std::string> ids;
  std::string reason;
};

struct LimitOptions {
  std::vector<std::string> ids;
  std::optional<std::int32_t> running_max;
  std::optional<std::int32_t> failed_max;
};

struct PriorityOptions {
  std::int32_t priority = 0;
  std::vector<std::string> ids;
};

struct QueueLimitOptions {
  std::string queue;
  std::optional<std::int32_t> running_max;
  std::map<std::string, std::int32_t> by_name;
};

struct QueueOrderOptions {
  std::string queue;
  std::string order;  ///< "backfill" or "fifo-strict".
};

struct RerunOptions {
  std::string id;
  std::string children;  ///< "3,7-9"; empty: all that have failed.
};

/// show, explain, history, hold and release; usage with names of definitions; drain and undrain
/// with names of agents.
struct NamesOptions {
  std::vector<std::string> names;
};

struct UpOptions {
  std::string data_dir;  ///< Empty: ~/.local/share/dray.
  std::string http = "127.0.0.1:8470";
  std::uint16_t agents_port = 8471;
  std::string vcpus;   ///< Empty: detected by the agent.
  std::string memory;  ///< MiB.
  bool detach = false;
};

struct DownOptions {
  std::string data_dir;
  bool keep_jobs = false;
};

struct KeyOptions {
  std::string user;
  std::string role;
  std::string queues = "*";
};

enum class KeyChange { Enable, Disable, Delete };

struct AuditOptions {
  std::int32_t limit = 100;
};

struct TlsOptions {
  std::string folder = "dray-tls";
  std::vector<std::string> names;  ///< Empty: this machine's.
  std::int32_t days = 825;
};

enum class Verb {
  Up,
  Down,
  Submit,
  Run,
  Jobs,
  Show,
  Logs,
  Wait,
  Cancel,
  Terminate,
  Hold,
  Release,
  Limit,
  Priority,
  LimitQueue,
  OrderQueue,
  Rerun,
  Explain,
  History,
  Usage,
  Agents,
  Drain,
  Undrain,
  Queues,
  KeyCreate,
  KeyList,
  KeyEnable,
  KeyDisable,
  KeyDelete,
  Audit,
  TlsInit,
  Version,
};

struct Arguments {
  Verb verb = Verb::Version;
  GlobalOptions global;
  SubmitOptions submit;
  WaitOptions wait;
  LogsOptions logs;
  JobsOptions jobs;
  StopOptions stop;
  LimitOptions limit;
  PriorityOptions priority;
  QueueLimitOptions limit_queue;
  QueueOrderOptions order_queue;
  RerunOptions rerun;
  NamesOptions names;
  UpOptions up;
  DownOptions down;
  TlsOptions tls;
  KeyOptions key;
  AuditOptions audit;
};

}  // namespace dray::cli
