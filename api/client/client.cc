#include "api/client/client.h"

#include <charconv>
#include <utility>

#include "api/client/connection.h"
#include "api/wire/client_responses.h"

namespace dray::client {
namespace {

tl::unexpected<Failure> unreadable(const std::string& what) {
  return tl::unexpected(
      Failure{FailureKind::Unreadable,
              "the answer to " + what + " cannot be read: is this a Dray scheduler?", "", ""});
}

/// The body of a good answer through `decode`.
template <class T>
Reply<T> decoded(const Reply<Answer>& answer, std::optional<T> (*decode)(std::string_view),
                 const char* what) {
  if (!answer) {
    return tl::unexpected(answer.error());
  }
  std::optional<T> value = decode(answer->body);
  if (!value) {
    return unreadable(what);
  }
  return std::move(*value);
}

Reply<void> done(const Reply<Answer>& answer) {
  if (!answer) {
    return tl::unexpected(answer.error());
  }
  return {};
}

/// True when the list `member` of the answer has anything in it.
Reply<bool> has_any(const Reply<Answer>& answer, const char* member) {
  if (!answer) {
    return tl::unexpected(answer.error());
  }
  const std::optional<std::size_t> count = wire::decode_count(answer->body, member);
  if (!count) {
    return unreadable(member);
  }
  return *count > 0;
}

std::uint64_t number_header(const Answer& answer, const std::string& name) {
  const auto found = answer.headers.find(name);
  std::uint64_t value = 0;
  if (found != answer.headers.end()) {
    const std::string& text = found->second;
    std::from_chars(text.data(), text.data() + text.size(), value);
  }
  return value;
}

bool flag_header(const Answer& answer, const std::string& name) {
  const auto found = answer.headers.find(name);
  return found != answer.headers.end() && (found->second == "true" || found->second == "1");
}

}  // namespace

Client::Client(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

std::optional<Client> Client::open(const ClientSettings& settings) {
  std::unique_ptr<Connection> connection = Connection::open(settings);
  if (!connection) {
    return std::nullopt;
  }
  return Client(std::move(connection));
}

Reply<std::vector<wire::JobView>> Client::describe_jobs(const std::vector<std::string>& ids) {
  return decoded(connection_->post("/v1/describejobs", wire::encode_describe_jobs(ids)),
                 wire::decode_jobs, "DescribeJobs");
}

Reply<wire::JobView> Client::describe_job(const std::string& id) {
  Reply<std::vector<wire::JobView>> jobs = describe_jobs({id});
  if (!jobs) {
    return tl::unexpected(jobs.error());
  }
  if (jobs->empty()) {
    return tl::unexpected(
        Failure{FailureKind::NotFound, "the scheduler knows no job " + id, "", ""});
  }
  return std::move(jobs->front());
}

Reply<wire::JobPageView> Client::list_jobs(const wire::ListAsk& ask) {
  return decoded(connection_->post("/v1/listjobs", wire::encode_list(ask)), wire::decode_job_page,
                 "ListJobs");
}

Reply<wire::SubmittedView> Client::submit(const wire::SubmitAsk& ask) {
  return decoded(connection_->post("/v1/submitjob", wire::encode_submit(ask)),
                 wire::decode_submitted, "SubmitJob");
}

Reply<void> Client::cancel(const std::string& id, const std::string& reason) {
  return done(connection_->post("/v1/canceljob", wire::encode_stop(id, reason)));
}

Reply<void> Client::terminate(const std::string& id, const std::string& reason) {
  return done(connection_->post("/v1/terminatejob", wire::encode_stop(id, reason)));
}

Reply<wire::ExplanationView> Client::explain(const std::string& id) {
  return decoded(connection_->get("/dray/v1/jobs/" + path_part(id) + "/explain"),
                 wire::decode_explanation, "explain");
}

Reply<wire::HistoryView> Client::history(const std::string& id) {
  return decoded(connection_->get("/dray/v1/jobs/" + path_part(id) + "/history"),
                 wire::decode_history, "history");
}

Reply<wire::UsageView> Client::usage(const std::string& definition) {
  return decoded(connection_->get("/dray/v1/job-definitions/" + path_part(definition) + "/usage"),
                 wire::decode_usage, "usage");
}

Reply<std::optional<wire::DefinitionView>> Client::newest_definition(const std::string& name) {
  const Reply<std::vector<wire::DefinitionView>> found = decoded(
      connection_->post("/v1/describejobdefinitions", wire::encode_describe_definitions(name)),
      wire::decode_definitions, "DescribeJobDefinitions");
  if (!found) {
    return tl::unexpected(found.error());
  }
  std::optional<wire::DefinitionView> newest;
  for (const wire::DefinitionView& definition : *found) {
    if (!newest || definition.revision > newest->revision) {
      newest = definition;
    }
  }
  return newest;
}

Reply<wire::DefinitionView> Client::register_definition(const wire::DefinitionAsk& ask) {
  return decoded(connection_->post("/v1/registerjobdefinition", wire::encode_register(ask)),
                 wire::decode_registered, "RegisterJobDefinition");
}

Reply<std::vector<wire::QueueView>> Client::queues() {
  return decoded(connection_->get("/dray/v1/queues"), wire::decode_queues, "queues");
}

Reply<bool> Client::has_queue(const std::string& name) {
  return has_any(connection_->post("/v1/describejobqueues", wire::encode_describe_queues(name)),
                 "jobQueues");
}

Reply<bool> Client::has_environment(const std::string& name) {
  return has_any(connection_->post("/v1/describecomputeenvironments",
                                   wire::encode_describe_environments(name)),
                 "computeEnvironments");
}

Reply<void> Client::create_environment(const std::string& name) {
  return done(
      connection_->post("/v1/createcomputeenvironment", wire::encode_create_environment(name)));
}

Reply<void> Client::create_queue(const std::string& name, const std::string& environment) {
  return done(
      connection_->post("/v1/createjobqueue", wire::encode_create_queue(name, environment)));
}

Reply<std::vector<wire::AgentView>> Client::agents() {
  return decoded(connection_->get("/dray/v1/agents"), wire::decode_agents, "agents");
}

Reply<void> Client::limit(const std::string& id, std::optional<std::int32_t> running_max,
                          std::optional<std::int32_t> failed_max) {
  return done(connection_->post("/dray/v1/jobs/" + path_part(id) + "/limits",
                                wire::encode_limits(running_max, failed_max)));
}

Reply<std::vector<wire::CauseView>> Client::causes(const std::string& id) {
  return decoded(connection_->get("/dray/v1/jobs/" + path_part(id) + "/children"),
                 wire::decode_causes, "the children of an array");
}

Reply<std::int64_t> Client::rerun(const std::string& id, const std::string& children) {
  return decoded(connection_->post("/dray/v1/jobs/" + path_part(id) + "/rerun",
                                   wire::encode_children(children)),
                 wire::decode_rerun_answer, "the answer to a rerun");
}

Reply<void> Client::limit_queue(const std::string& name, std::optional<std::int32_t> running_max,
                                const std::map<std::string, std::int32_t>& by_name) {
  return done(connection_->post("/dray/v1/queues/" + path_part(name) + "/concurrency",
                                wire::encode_queue_limits(running_max, by_name)));
}

Reply<void> Client::order_queue(const std::string& name, const std::string& order) {
  return done(connection_->post("/dray/v1/queues/" + path_part(name) + "/order",
                                wire::encode_queue_order(order)));
}

Reply<void> Client::prioritise(const std::string& id, std::int32_t priority) {
  return done(connection_->post("/dray/v1/jobs/" + path_part(id) + "/priority",
                                wire::encode_priority(priority)));
}

Reply<void> Client::hold(const std::string& id, const std::string& children, bool is_held) {
  const std::string verb = is_held ? "/hold" : "/release";
  return done(
      connection_->post("/dray/v1/jobs/" + path_part(id) + verb, wire::encode_children(children)));
}

Reply<void> Client::drain_agent(const std::string& name, bool drain) {
  const std::string verb = drain ? "/drain" : "/undrain";
  return done(connection_->post("/dray/v1/agents/" + path_part(name) + verb, "{}"));
}

Reply<wire::LogPieceView> Client::read_log(const std::string& id, const LogAsk& ask) {
  std::string path = "/dray/v1/jobs/" + path_part(id) +
                     "/log?offset=" + std::to_string(ask.offset) +
                     "&bytes=" + std::to_string(ask.bytes_max);
  if (ask.attempt) {
    path += "&attempt=" + std::to_string(*ask.attempt);
  }
  Reply<Answer> answer = connection_->get(path);
  if (!answer) {
    return tl::unexpected(answer.error());
  }
  wire::LogPieceView piece;
  piece.offset = number_header(*answer, "x-dray-log-offset");
  piece.end = number_header(*answer, "x-dray-log-end");
  piece.size = number_header(*answer, "x-dray-log-size");
  piece.attempt = static_cast<std::uint32_t>(number_header(*answer, "x-dray-attempt"));
  piece.is_complete = flag_header(*answer, "x-dray-log-complete");
  piece.records = std::move(answer->body);
  if (!answer->headers.contains("x-dray-log-end")) {
    return unreadable("log");
  }
  return piece;
}

Reply<wire::KeyView> Client::create_key(const std::string& user, const std::string& role,
                                        const std::string& queues) {
  return decoded(connection_->post("/dray/v1/keys", wire::encode_create_key(user, role, queues)),
                 wire::decode_key, "keys");
}

Reply<std::vector<wire::KeyView>> Client::keys() {
  return decoded(connection_->get("/dray/v1/keys"), wire::decode_keys, "keys");
}

Reply<void> Client::switch_key(const std::string& id, bool is_active) {
  return done(connection_->post(
      "/dray/v1/keys/" + path_part(id) + (is_active ? "/enable" : "/disable"), "{}"));
}

Reply<void> Client::delete_key(const std::string& id) {
  return done(connection_->remove("/dray/v1/keys/" + path_part(id)));
}

Reply<std::vector<wire::AuditView>> Client::audit(std::int32_t limit) {
  return decoded(connection_->get("/dray/v1/audit?limit=" + std::to_string(limit)),
                 wire::decode_audit, "audit");
}

Reply<std::string> Client::version() {
  return decoded(connection_->get("/version"), wire::decode_version, "version");
}

}  // namespace dray::client
