#pragma once
#include "cli/options.h"
#include "cli/session.h"

/// One function a verb, each in a file of its name. They return the exit code.
namespace dray::cli {

int run_up(Session& session, const UpOptions& options);
int run_down(Session& session, const DownOptions& options);
int run_submit(Session& session, const SubmitOptions& options);
int run_run(Session& session, const SubmitOptions& options);
int run_jobs(Session& session, const JobsOptions& options);
int run_show(Session& session, const NamesOptions& options);
int run_logs(Session& session, const LogsOptions& options);
int run_wait(Session& session, const WaitOptions& options);
int run_cancel(Session& session, const StopOptions& options);
int run_terminate(Session& session, const StopOptions& options);
int run_priority(Session& session, const PriorityOptions& options);
int run_hold(Session& session, const NamesOptions& options, bool is_held);
int run_limit(Session& session, const LimitOptions& options);
int run_order_queue(Session& session, const QueueOrderOptions& options);
int run_limit_queue(Session& session, const QueueLimitOptions& options);
int run_rerun(Session& session, const RerunOptions& options);
int run_explain(Session& session, const NamesOptions& options);
int run_history(Session& session, const NamesOptions& options);
int run_usage(Session& session, const NamesOptions& options);
int run_agents(Session& session);
int run_drain(Session& session, const NamesOptions& options, bool drain);
int run_queues(Session& session);
int run_key_create(Session& session, const KeyOptions& options);
int run_key_list(Session& session);
int run_key_change(Session& session, const NamesOptions& options, KeyChange change);
int run_audit(Session& session, const AuditOptions& options);
int run_tls_init(Session& session, const TlsOptions& options);
int run_version(Session& session);

}  // namespace dray::cli
