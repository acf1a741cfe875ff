#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/auth/sign.h"
#include "api/client/failure.h"
#include "api/wire/client_access.h"
#include "api/wire/client_requests.h"
#include "api/wire/client_views.h"

namespace dray::client {

/// AWS: DescribeJobs takes at most 100 ids.
inline constexpr std::size_t kDescribeMax = 100;

struct ClientSettings {
  std::string url =
      "http://127.0.0.1:8470";    ///< May end in a path, which stands before all others.
  auth::Credentials credentials;  ///< Every request is signed with; empty: none is.
  std::string ca_bundle;          ///< PEM file of the CAs to trust for https; empty: the system's.
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::milliseconds answer_timeout{60'000};  ///< From the request to the whole answer.
};

/// Which piece of a log is wanted.
struct LogAsk {
  std::optional<std::uint32_t> attempt;  ///< Without: the latest.
  std::uint64_t offset = 0;
  std::uint64_t bytes_max = 1024 * 1024;
};

/// Talks to a scheduler over HTTP: AWS Batch's operations and Dray's own. One connection, kept
/// open; every call blocks; for one thread. Nothing is sent twice, so that no job is submitted
/// twice.
class Client {
 public:
  /// Nothing when the URL is not `http://host[:port][/path]`.
  static std::optional<Client> open(const ClientSettings& settings);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  /// In the order asked for is not promised; unknown ids are left out (AWS). At most kDescribeMax.
  Reply<std::vector<wire::JobView>> describe_jobs(const std::vector<std::string>& ids);
  /// NotFound when the scheduler does not know it.
  Reply<wire::JobView> describe_job(const std::string& id);
  Reply<wire::JobPageView> list_jobs(const wire::ListAsk& ask);
  Reply<wire::SubmittedView> submit(const wire::SubmitAsk& ask);
  Reply<void> cancel(const std::string& id, const std::string& reason);
  Reply<void> terminate(const std::string& id, const std::string& reason);
  Reply<wire::ExplanationView> explain(const std::string& id);
  Reply<wire::HistoryView> history(const std::string& id);
  Reply<wire::UsageView> usage(const std::string& definition);
  /// Dray's own: what is absent stays, 0 lifts a limit.
  Reply<void> limit(const std::string& id, std::optional<std::int32_t> running_max,
                    std::optional<std::int32_t> failed_max);
  /// Why children of the array failed.
  Reply<std::vector<wire::CauseView>> causes(const std::string& id);
  /// How many children are run again.
  Reply<std::int64_t> rerun(const std::string& id, const std::string& children);
  Reply<void> order_queue(const std::string& name, const std::string& order);
  Reply<void> limit_queue(const std::string& name, std::optional<std::int32_t> running_max,
                          const std::map<std::string, std::int32_t>& by_name);
  Reply<void> prioritise(const std::string& id, std::int32_t priority);
  /// The whole job, or those of its children that are in "3,7-9".
  Reply<void> hold(const std::string& id, const std::string& children, bool is_held);

  /// The newest active revision.
  Reply<std::optional<wire::DefinitionView>> newest_definition(const std::string& name);
  Reply<wire::DefinitionView> register_definition(const wire::DefinitionAsk& ask);

  Reply<std::vector<wire::QueueView>> queues();
  Reply<bool> has_queue(const std::string& name);
  Reply<bool> has_environment(const std::string& name);
  Reply<void> create_environment(const std::string& name);
  Reply<void> create_queue(const std::string& name, const std::string& environment);

  Reply<std::vector<wire::AgentView>> agents();
  Reply<void> drain_agent(const std::string& name, bool drain);

  /// NotFound while the attempt has no log yet.
  Reply<wire::LogPieceView> read_log(const std::string& id, const LogAsk& ask);
  Reply<std::string> version();

  Reply<wire::KeyView> create_key(const std::string& user, const std::string& role,
                                  const std::string& queues);
  Reply<std::vector<wire::KeyView>> keys();
  Reply<void> switch_key(const std::string& id, bool is_active);
  Reply<void> delete_key(const std::string& id);
  /// The newest, oldest first.
  Reply<std::vector<wire::AuditView>> audit(std::int32_t limit);

 private:
  class Connection;
  explicit Client(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace dray::client
