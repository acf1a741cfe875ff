#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "api/server/chance.h"
#include "api/server/routes.h"
#include "api/server/routes_catalogue.h"
#include "api/server/routes_jobs.h"
#include "api/wire/batch_definitions.h"
#include "api/wire/batch_environments.h"
#include "api/wire/batch_queues.h"
#include "api/wire/paging.h"
#include "api/wire/queue_snapshot.h"

/// Compute environments, job queues and job definitions; and the table of all of AWS Batch.
namespace dray::server {
namespace {

tl::unexpected<Error> no_such(std::string_view what, const std::string& name) {
  // Clients look for "does not exist" in the text (Terraform).
  return refuse(ErrorCode::NotFound, std::string(what) + ' ' + name + " does not exist");
}

// ---- compute environments -----------------------------------------------------------------------

Result<std::string> create_environment(const Call& call) {
  Result<ComputeEnvironment> environment = wire::decode_create_environment(call.body);
  if (!environment) {
    return tl::unexpected(environment.error());
  }
  environment->uuid = to_string(fresh_uuid());
  const std::string name = environment->name;
  return call.backend.create_environment(std::move(*environment)).map([&] {
    return wire::encode_environment_names(call.scope, name);
  });
}

Result<std::string> describe_environments(const Call& call) {
  Result<wire::NamesAsked> asked = wire::decode_describe_environments(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  return call.backend.environments(asked->names)
      .map([&](std::vector<ComputeEnvironment> environments) {
        return wire::encode_environments(
            call.scope, wire::page_of(std::move(environments), asked->page,
                                      [](const ComputeEnvironment& one) { return one.name; }));
      });
}

Result<std::string> update_environment(const Call& call) {
  const Result<std::string> name =
      wire::decode_environment_name("UpdateComputeEnvironment", call.body);
  if (!name) {
    return tl::unexpected(name.error());
  }
  const Result<std::vector<ComputeEnvironment>> current = call.backend.environments({*name});
  if (!current) {
    return tl::unexpected(current.error());
  }
  if (current->empty()) {
    return no_such("Compute environment", *name);
  }
  Result<EnvironmentUpdate> update = wire::decode_update_environment(call.body, current->front());
  if (!update) {
    return tl::unexpected(update.error());
  }
  return call.backend.update_environment(std::move(*update)).map([&] {
    return wire::encode_environment_names(call.scope, *name);
  });
}

Result<std::string> delete_environment(const Call& call) {
  const Result<std::string> name =
      wire::decode_environment_name("DeleteComputeEnvironment", call.body);
  if (!name) {
    return tl::unexpected(name.error());
  }
  return answer_done(call.backend.delete_environment(*name));
}

// ---- job queues ---------------------------------------------------------------------------------

Result<std::string> create_queue(const Call& call) {
  Result<JobQueue> queue = wire::decode_create_queue(call.body);
  if (!queue) {
    return tl::unexpected(queue.error());
  }
  const std::string name = queue->name;
  return call.backend.create_queue(std::move(*queue)).map([&] {
    return wire::encode_queue_names(call.scope, name);
  });
}

/// Of each queue the first environment: it says what type the queue has.
Result<std::vector<ComputeEnvironment>> first_environments(const Call& call,
                                                           const std::vector<QueueStatus>& queues) {
  std::set<std::string> names;
  for (const QueueStatus& status : queues) {
    if (!status.queue.environments.empty()) {
      names.insert(status.queue.environments.front());
    }
  }
  if (names.empty()) {
    return std::vector<ComputeEnvironment>();
  }
  return call.backend.environments({names.begin(), names.end()});
}

Result<std::string> describe_queues(const Call& call) {
  Result<wire::NamesAsked> asked = wire::decode_describe_queues(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  Result<std::vector<QueueStatus>> queues = call.backend.queues(asked->names);
  if (!queues) {
    return tl::unexpected(queues.error());
  }
  const PageOf<QueueStatus> page = wire::page_of(
      std::move(*queues), asked->page, [](const QueueStatus& one) { return one.queue.name; });
  return first_environments(call, page.items).map([&](const auto& environments) {
    return wire::encode_queues(call.scope, page, environments);
  });
}

Result<std::string> update_queue(const Call& call) {
  const Result<std::string> name = wire::decode_queue_name("UpdateJobQueue", call.body);
  if (!name) {
    return tl::unexpected(name.error());
  }
  const Result<std::vector<QueueStatus>> current = call.backend.queues({*name});
  if (!current) {
    return tl::unexpected(current.error());
  }
  if (current->empty()) {
    return no_such("Job queue", *name);
  }
  Result<QueueUpdate> update = wire::decode_update_queue(call.body, current->front().queue);
  if (!update) {
    return tl::unexpected(update.error());
  }
  return call.backend.update_queue(std::move(*update)).map([&] {
    return wire::encode_queue_names(call.scope, *name);
  });
}

Result<std::string> delete_queue(const Call& call) {
  const Result<std::string> name = wire::decode_queue_name("DeleteJobQueue", call.body);
  if (!name) {
    return tl::unexpected(name.error());
  }
  return answer_done(call.backend.delete_queue(*name));
}

Result<std::string> queue_snapshot(const Call& call) {
  const Result<std::string> name = wire::decode_queue_name("GetJobQueueSnapshot", call.body);
  if (!name) {
    return tl::unexpected(name.error());
  }
  return call.backend.queue_snapshot(*name).map([&](const QueueSnapshot& snapshot) {
    return wire::encode_queue_snapshot(call.scope, snapshot);
  });
}

// ---- job definitions ----------------------------------------------------------------------------

Result<std::string> register_definition(const Call& call) {
  Result<JobDefinition> definition = wire::decode_register_definition(call.body);
  if (!definition) {
    return tl::unexpected(definition.error());
  }
  const std::string name = definition->name;
  return call.backend.register_definition(std::move(*definition)).map([&](std::int32_t revision) {
    return wire::encode_registered(call.scope, name, revision);
  });
}

Result<std::string> describe_definitions(const Call& call) {
  Result<wire::DefinitionsAsked> asked = wire::decode_describe_definitions(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  if (asked->is_none) {
    return wire::encode_definitions(call.scope, {});
  }
  return call.backend.definitions(std::move(asked->query), std::move(asked->page))
      .map([&](const PageOf<JobDefinition>& page) {
        return wire::encode_definitions(call.scope, page);
      });
}

Result<std::string> deregister_definition(const Call& call) {
  const Result<wire::DefinitionName> name = wire::decode_deregister_definition(call.body);
  if (!name) {
    return tl::unexpected(name.error());
  }
  return answer_done(call.backend.deregister_definition(name->name, name->revision));
}

constexpr std::array<std::pair<std::string_view, Operation>, 19> kOperations{{
    {"canceljob", cancel_job},
    {"canceljobs", cancel_jobs},
    {"createcomputeenvironment", create_environment},
    {"createjobqueue", create_queue},
    {"deletecomputeenvironment", delete_environment},
    {"deletejobqueue", delete_queue},
    {"deregisterjobdefinition", deregister_definition},
    {"describecomputeenvironments", describe_environments},
    {"describejobdefinitions", describe_definitions},
    {"describejobqueues", describe_queues},
    {"describejobs", describe_jobs},
    {"getjobqueuesnapshot", queue_snapshot},
    {"listjobs", list_jobs},
    {"registerjobdefinition", register_definition},
    {"submitjob", submit_job},
    {"terminatejob", terminate_job},
    {"terminatejobs", terminate_jobs},
    {"updatecomputeenvironment", update_environment},
    {"updatejobqueue", update_queue},
}};

}  // namespace

Result<std::string> answer_done(const Result<void>& done) {
  if (!done) {
    return tl::unexpected(done.error());
  }
  return std::string("{}");
}

Operation batch_operation(std::string_view name) {
  for (const Operation found :
       {find_operation(kOperations, name), catalogue_operation(name), service_operation(name)}) {
    if (found != nullptr) {
      return found;
    }
  }
  return nullptr;
}

}  // namespace dray::server
