#include "cli/arguments.h"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <tuple>

#include <CLI/CLI.hpp>

#include "cli/durations.h"
#include "cli/exit_codes.h"
#include "cli/selectors.h"
#include "cli/takes.h"
#include "model/child_runs.h"

namespace dray::cli {
namespace {

std::string first_name(const std::string& names) {
  return names.substr(0, names.find(','));
}

/// An option with one value; the last one counts.
void add(CLI::App& app, const std::string& names, const std::string& value, const std::string& text,
         Take take) {
  app.add_option_function<std::string>(
         names,
         [names, take = std::move(take)](const std::string& given) {
           const std::string wrong = take(given);
           if (!wrong.empty()) {
             throw CLI::ValidationError(first_name(names), wrong);
           }
         },
         text)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->type_name(value);
}

/// An option that may be given again and again, each time with one value.
void add_each(CLI::App& app, const std::string& names, const std::string& value,
              const std::string& text, Take take) {
  app.add_option_function<std::vector<std::string>>(
         names,
         [names, take = std::move(take)](const std::vector<std::string>& all) {
           for (const std::string& given : all) {
             const std::string wrong = take(given);
             if (!wrong.empty()) {
               throw CLI::ValidationError(first_name(names), wrong);
             }
           }
         },
         text)
      ->allow_extra_args(false)
      ->type_name(value);
}

CLI::App& verb(CLI::App& app, Arguments& out, Verb value, const std::string& name,
               const std::string& text, const std::string& examples) {
  CLI::App* sub = app.add_subcommand(name, text);
  sub->fallthrough();
  sub->footer("Examples:\n" + examples);
  sub->callback([&out, value] { out.verb = value; });
  return *sub;
}

void add_ids(CLI::App& sub, std::vector<std::string>& place) {
  sub.add_option("ids", place,
                 "Jobs: an id, its first characters, `last`; ID:3 is a child, ID:3,7-9 several")
      ->required()
      ->type_name("ID");
}

void add_submission(CLI::App& sub, SubmitOptions& options) {
  wire::SubmitAsk& ask = options.ask;
  ask.queue = "default";
  sub.add_option("command", ask.command, "What to run, behind --")->type_name("COMMAND ARGS");
  add(sub, "--queue", "Q", "The job queue (default: default)", into(ask.queue));
  add(sub, "--name", "N", "The job's name (default: the command's)", into(ask.name));
  add(sub, "--vcpus", "N", "vCPUs, 2 or 0.5 (default: the definition's, or 1)",
      vcpus_into(ask.vcpus));
  add(sub, "--memory", "MIB", "Memory, 512 or 2G (default: the definition's, or 512)",
      memory_into(ask.memory));
  add(sub, "--gpus", "N", "GPUs", into(ask.gpus));
  add(sub, "--array", "N|0-99", "Run N children, AWS_BATCH_JOB_ARRAY_INDEX from 0",
      [&ask](const std::string& text) {
        const std::optional<std::int32_t> size = parse_array_size(text);
        ask.array_size = size.value_or(0);
        return size ? ""
                    : "`" + text + "` is no array; write 100 or 0-99, from 2 to 1000000 children";
      });
  add(sub, "--max-running", "N", "At most N children of the array at once",
      number_into(ask.running_max, 1, 1'000'000));
  add(sub, "--max-failures", "N", "Start no more children once N have failed",
      number_into(ask.failed_max, 1, 1'000'000));
  add_each(sub, "--depends-on", "ID",
           "Wait for a job: ID, ID:3, ID:N_TO_N, ID:AFTER_ANY, ID:AFTER_NOT_OK, SEQUENTIAL; commas "
           "between",
           dependencies_into(ask.depends_on));
  add_each(sub, "--env", "K=V", "A variable of its environment", pair_into(ask.environment));
  add(sub, "--share", "NAME", "Whose it is, on a fair-share queue", into(ask.share));
  add(sub, "--scheduling-priority", "N", "Which goes first within the share (0-9999)",
      number_into(ask.scheduling_priority, 0, 9999));
  add(sub, "--attempts", "N", "Try at most N times (1-10)", number_into(ask.attempts, 1, 10));
  add(sub, "--memory-up-to", "MIB", "When it was too little, try again with twice as much, to this",
      memory_into(ask.memory_ceiling));
  add(sub, "--timeout", "TIME", "End an attempt after 2h30m (at least 60s)",
      [&ask](const std::string& text) {
        const std::optional<Duration> time = parse_duration(text);
        ask.timeout_s = time ? std::chrono::duration_cast<std::chrono::seconds>(*time).count() : 0;
        return ask.timeout_s >= 60
                   ? ""
                   : "`" + text + "` is no timeout; write 90s, 15m or 2h30m, at least 60s";
      });
  add(sub, "--definition", "NAME[:REV]", "A job definition instead of one made for the command",
      into(ask.definition));
  add_each(sub, "--parameters", "K=V", "A value for a Ref:: of the definition",
           pair_into(ask.parameters));
  add(sub, "--image", "IMAGE", "native (default), or a container image", into(options.image));
  add(sub, "--wait-timeout", "TIME", "Wait no longer than this",
      duration_into(options.wait_timeout));
  sub.add_flag("--hold", ask.is_held, "Start nothing of it until `dray release`");
  sub.add_flag("--dry-run", options.is_dry_run, "Print the request instead of sending it");
}

void add_submitters(CLI::App& app, Arguments& out) {
  CLI::App& submit = verb(app, out, Verb::Submit, "submit", "Submit a job and print its id",
                          "  dray submit -- ./clean input.csv\n"
                          "  dray submit --array 0-99 --vcpus 2 --memory 4G -- ./shard.sh\n"
                          "  dray submit --depends-on last --wait -- ./reduce\n");
  add_submission(submit, out.submit);
  submit.add_flag("--wait", out.submit.wait, "Wait for the end and exit with the job's code");
  CLI::App& run =
      verb(app, out, Verb::Run, "run", "Submit a job, follow its output, exit with its code",
           "  dray run -- make test\n"
           "  dray run --memory 2G --env MODE=fast -- python3 train.py\n"
           "  dray run --array 100 -- sh -c './part $AWS_BATCH_JOB_ARRAY_INDEX'\n");
  add_submission(run, out.submit);
  add(run, "--on-interrupt", "ask|detach|cancel", "What Ctrl-C does (default: ask)",
      choice_into<OnInterrupt>(out.submit.on_interrupt, {{"ask", OnInterrupt::Ask},
                                                         {"detach", OnInterrupt::Detach},
                                                         {"cancel", OnInterrupt::Cancel}}));
}

void add_lookers(CLI::App& app, Arguments& out) {
  CLI::App& jobs = verb(app, out, Verb::Jobs, "jobs", "List jobs, newest first",
                        "  dray jobs\n"
                        "  dray jobs --state FAILED --limit 20\n"
                        "  dray jobs --array last --state FAILED -o id\n");
  jobs.alias("ls");
  add(jobs, "--queue", "Q", "Only this queue", into(out.jobs.queue));
  add(jobs, "--array", "ID", "The children of this array; ID:3,7-9 some of them",
      into(out.jobs.array));
  add_each(jobs, "--state", "S,...", "Only these states", states_into(out.jobs.states));
  add(jobs, "--name", "N", "Only this name; a * at its end is a prefix", into(out.jobs.name));
  add(jobs, "--limit", "N", "At most N (default: 50)", number_into(out.jobs.limit, 1, 1'000'000));

  CLI::App& show = verb(app, out, Verb::Show, "show", "Everything about a job",
                        "  dray show last\n  dray show 4c75\n  dray show last:3 -o json\n");
  show.alias("status");
  add_ids(show, out.names.names);
  add_ids(verb(app, out, Verb::Explain, "explain", "Why a job is not running",
               "  dray explain last\n  dray explain 4c75:12\n  dray explain last -o json\n"),
          out.names.names);

  add_ids(verb(app, out, Verb::History, "history", "What happened to a job, and when",
               "  dray history last\n  dray history 4c75:12\n  dray history last -o json\n"),
          out.names.names);

  verb(app, out, Verb::Usage, "usage", "What jobs of a definition used, and what to ask for",
       "  dray usage clean\n  dray usage clean:3\n  dray usage clean -o json\n")
      .add_option("definitions", out.names.names, "Names of job definitions, or NAME:REVISION")
      ->required()
      ->type_name("NAME");

  CLI::App& logs = verb(app, out, Verb::Logs, "logs", "What a job wrote",
                        "  dray logs last\n"
                        "  dray logs -f 4c75            follow to the end\n"
                        "  dray logs --stderr last:12   one child, one stream\n");
  logs.add_option("id", out.logs.id, "The job; for an array all children, merged")
      ->required()
      ->type_name("ID");
  logs.add_flag("-f,--follow", out.logs.follow, "Wait for more, to the end of the job");
  add(logs, "--attempt", "N", "This attempt (default: the latest)",
      [&out](const std::string& text) {
        std::uint32_t attempt = 0;
        const std::string wrong = number_into(attempt, 1, 1'000'000)(text);
        out.logs.attempt = attempt;
        return wrong;
      });
  CLI::Option* only_out = logs.add_flag("--stdout", out.logs.stdout_only, "Only stdout");
  logs.add_flag("--stderr", out.logs.stderr_only, "Only stderr")->excludes(only_out);
  logs.add_flag("--no-prefix", out.logs.no_prefix, "No [12] before the lines of a child");

  CLI::App& wait = verb(app, out, Verb::Wait, "wait", "Wait for jobs and exit with their code",
                        "  dray wait last\n"
                        "  dray wait --timeout 30m 4c75 9a01\n"
                        "  dray wait last && echo good\n");
  add_ids(wait, out.wait.ids);
  add(wait, "--timeout", "TIME", "Give up after this long (exit 124)",
      duration_into(out.wait.timeout));
}

void add_queue_changers(CLI::App& app, Arguments& out) {
  CLI::App& queue =
      verb(app, out, Verb::LimitQueue, "limit-queue", "Change how many jobs of a queue run at once",
           "  dray limit-queue default --max-running 100\n"
           "  dray limit-queue default --max-running-of train=2\n"
           "  dray limit-queue default --max-running 0 --max-running-of train=0\n");
  queue.add_option("queue", out.limit_queue.queue, "The queue's name")
      ->required()
      ->type_name("QUEUE");
  add(queue, "--max-running", "N", "At most N jobs, children counted one by one; 0: any number",
      optional_into(out.limit_queue.running_max, 0, 1'000'000));
  add_each(queue, "--max-running-of", "NAME=N", "At most N jobs of that name; 0: any number",
           number_by_name_into(out.limit_queue.by_name));
  CLI::App& order = verb(
      app, out, Verb::OrderQueue, "order-queue", "Change the order in which jobs of a queue start",
      "  dray order-queue default fifo-strict   as submitted, nothing goes past\n"
      "  dray order-queue default backfill      others go past where that delays "
      "nobody\n");
  order.add_option("queue", out.order_queue.queue, "The queue's name")
      ->required()
      ->type_name("QUEUE");
  order.add_option("order", out.order_queue.order, "backfill or fifo-strict")
      ->required()
      ->type_name("ORDER")
      ->check(CLI::IsMember({"backfill", "fifo-strict"}));
}

void add_priority(CLI::App& app, Arguments& out) {
  CLI::App& priority = verb(app, out, Verb::Priority, "priority", "Change which jobs go first",
                            "  dray priority 100 last\n"
                            "  dray priority 0 4c75 9a01\n"
                            "  dray priority 9999 $(dray jobs --name urgent -o id)\n");
  priority
      .add_option("priority", out.priority.priority,
                  "0 to 9999: of its queue, within its share, the highest goes first")
      ->required()
      ->check(CLI::Range(0, kPriorityMax))
      ->type_name("N");
  add_ids(priority, out.priority.ids);
}

void add_changers(CLI::App& app, Arguments& out) {
  for (const bool is_cancel : {true, false}) {
    const std::string name = is_cancel ? "cancel" : "terminate";
    CLI::App& sub = verb(app, out, is_cancel ? Verb::Cancel : Verb::Terminate, name,
                         is_cancel ? "Cancel jobs that wait" : "End jobs, running ones too",
                         "  dray " + name + " last\n  dray " + name +
                             " 4c75 9a01 --reason \"wrong input\"\n  dray " + name + " last:3\n");
    add_ids(sub, out.stop.ids);
    add(sub, "--reason", "TEXT", "Shown as the job's status reason", into(out.stop.reason));
  }
  for (const bool is_hold : {true, false}) {
    const std::string name = is_hold ? "hold" : "release";
    add_ids(verb(app, out, is_hold ? Verb::Hold : Verb::Release, name,
                 is_hold ? "Let waiting jobs start nothing" : "Let held jobs start again",
                 "  dray " + name + " last\n  dray " + name + " 4c75 9a01\n  dray " + name +
                     " $(dray jobs --state RUNNABLE -o id)\n"),
            out.names.names);
  }
  CLI::App& limit = verb(app, out, Verb::Limit, "limit", "Change the limits of arrays",
                         "  dray limit last --max-running 50\n"
                         "  dray limit 4c75 --max-failures 10\n"
                         "  dray limit 4c75 --max-running 0        no limit\n");
  add_ids(limit, out.limit.ids);
  add(limit, "--max-running", "N", "At most N children at once; 0: any number",
      optional_into(out.limit.running_max, 0, 1'000'000));
  add(limit, "--max-failures", "N", "Start no more once N have failed; 0: any number",
      optional_into(out.limit.failed_max, 0, 1'000'000));
  CLI::App& rerun =
      verb(app, out, Verb::Rerun, "rerun", "Run the failed children of an array again",
           "  dray rerun last\n"
           "  dray rerun 4c75 --children 3,7-9\n"
           "  dray rerun last && dray wait last\n");
  rerun.add_option("id", out.rerun.id, "The array, whether it runs or has ended")
      ->required()
      ->type_name("ID");
  add(rerun, "--children", "N,N-M", "Only these of the failed ones",
      [&out](const std::string& text) {
        out.rerun.children = text;
        return parse_child_runs(text) ? "" : "`" + text + "` is no list of children; write 3,7-9";
      });
  for (const bool is_drain : {true, false}) {
    const std::string name = is_drain ? "drain" : "undrain";
    CLI::App& sub = verb(app, out, is_drain ? Verb::Drain : Verb::Undrain, name,
                         is_drain ? "Give an agent no new work" : "Give an agent work again",
                         "  dray " + name + " big-box\n  dray " + name + " a1 a2\n  dray " + name +
                             " $(dray agents -o id)\n");
    sub.add_option("agents", out.names.names, "Names of agents")->required()->type_name("AGENT");
  }
}

void add_places(CLI::App& app, Arguments& out) {
  verb(app, out, Verb::Agents, "agents", "List agents",
       "  dray agents\n  dray agents -o json\n  dray agents -o id\n");
  verb(app, out, Verb::Queues, "queues", "List queues with their jobs by state",
       "  dray queues\n  dray queues -o json\n  dray queues -o id\n");
  verb(app, out, Verb::Version, "version", "The versions of this program and of the scheduler",
       "  dray version\n  dray version --url http://box:8470\n  dray version -q\n");

  CLI::App& up = verb(app, out, Verb::Up, "up", "Start a scheduler and an agent on this machine",
                      "  dray up\n"
                      "  dray up --detach --vcpus 4 --memory 8G\n"
                      "  dray up --http 127.0.0.1:9470 --agents-port 9471 --data-dir /srv/dray\n");
  add(up, "--data-dir", "DIR", "Everything it keeps (default: ~/.local/share/dray)",
      into(out.up.data_dir));
  add(up, "--http", "HOST:PORT", "Where the API listens (default: 127.0.0.1:8470)",
      into(out.up.http));
  add(up, "--agents-port", "PORT", "Where agents connect (default: 8471)",
      number_into(out.up.agents_port, 0, 65535));
  add(up, "--vcpus", "N", "What the agent offers (default: what the machine has)",
      vcpus_into(out.up.vcpus));
  add(up, "--memory", "MIB", "What the agent offers, 4096 or 4G", memory_into(out.up.memory));
  up.add_flag("--detach", out.up.detach, "Leave it running in the background");

  CLI::App& down = verb(app, out, Verb::Down, "down", "End what `dray up --detach` left running",
                        "  dray down\n  dray down --keep-jobs\n  dray down --data-dir /srv/dray\n");
  add(down, "--data-dir", "DIR", "As given to `dray up`", into(out.down.data_dir));
  down.add_flag("--keep-jobs", out.down.keep_jobs, "Running jobs go on; `dray up` finds them");
}

void add_tls(CLI::App& app, Arguments& out) {
  CLI::App* tls = app.add_subcommand("tls", "Certificates for HTTPS");
  tls->require_subcommand(1);
  tls->fallthrough();
  CLI::App& init =
      verb(*tls, out, Verb::TlsInit, "init", "Make a CA, and a certificate for the scheduler",
           "  dray tls init --name batch.example.org --name 10.0.0.5\n"
           "  dray tls init --dir /etc/dray/tls      again: a new certificate, the same CA\n"
           "  AWS_CA_BUNDLE=dray-tls/ca.pem dray jobs --url https://batch.example.org:8470\n");
  add(init, "--dir", "DIR", "Where the files go (default: dray-tls)", into(out.tls.folder));
  add_each(init, "--name", "NAME", "A host name or address (default: this machine's name)",
           [&out](const std::string& text) {
             out.tls.names.push_back(text);
             return std::string();
           });
  add(init, "--days", "N", "How long it is valid (default: 825)",
      number_into(out.tls.days, 1, 3650));
}

void add_keys(CLI::App& app, Arguments& out) {
  CLI::App* key = app.add_subcommand("key", "Access keys: who may come in, and do what");
  key->require_subcommand(1);
  key->fallthrough();
  CLI::App& create =
      verb(*key, out, Verb::KeyCreate, "create", "Make an access key and show its secret, once",
           "  dray key create ann --role submitter > ann.credentials\n"
           "  dray key create lab --role operator --queue 'lab-*'\n"
           "  dray key create dashboard --role viewer -o json\n");
  create.add_option("user", out.key.user, "Whose it is; at most two active keys a user")
      ->required()
      ->type_name("USER");
  create.add_option("--role", out.key.role, "viewer, submitter, operator or admin")
      ->required()
      ->check(CLI::IsMember({"viewer", "submitter", "operator", "admin"}))
      ->type_name("ROLE");
  add(create, "--queue", "PATTERN", "Only these queues exist for it; * and ? as in a shell",
      into(out.key.queues));
  verb(*key, out, Verb::KeyList, "list", "List access keys, without their secrets",
       "  dray key list\n  dray key list -o json\n  dray key list -o id\n");
  for (const auto& [value, name, text] :
       {std::tuple(Verb::KeyDisable, "disable", "Let keys sign nothing more"),
        std::tuple(Verb::KeyEnable, "enable", "Let disabled keys sign again"),
        std::tuple(Verb::KeyDelete, "delete", "Delete keys for good")}) {
    const std::string begin = std::string("  dray key ") + name;
    CLI::App& sub = verb(*key, out, value, name, text,
                         begin + " DRAYABCDEFGHIJKLMNOP\n" + begin + " ID ID\n" + begin +
                             " $(dray key list -o id)\n");
    sub.add_option("keys", out.names.names, "Ids of keys")->required()->type_name("ID");
  }
  CLI::App& audit = verb(app, out, Verb::Audit, "audit", "Who changed what, and when",
                         "  dray audit\n  dray audit --limit 1000\n  dray audit -o jsonl\n");
  add(audit, "--limit", "N", "The newest N (default: 100)",
      number_into(out.audit.limit, 1, 10'000));
}

void add_globals(CLI::App& app, GlobalOptions& global) {
  app.add_option("--url", global.url, "The scheduler (default: http://127.0.0.1:8470)")
      ->envname("DRAY_URL")
      ->type_name("URL");
  app.add_option("--ca-bundle", global.ca_bundle, "PEM file of the CA to trust for https")
      ->envname("AWS_CA_BUNDLE")
      ->type_name("FILE");
  add(app, "-o,--output", "table|json|jsonl|id", "Form of the output",
      choice_into<OutputFormat>(global.format, {{"table", OutputFormat::Table},
                                                {"json", OutputFormat::Json},
                                                {"jsonl", OutputFormat::JsonLines},
                                                {"id", OutputFormat::Id}}));
  add(app, "--color", "auto|always|never", "Colours (also NO_COLOR)",
      choice_into<ColorChoice>(global.color, {{"auto", ColorChoice::Auto},
                                              {"always", ColorChoice::Always},
                                              {"never", ColorChoice::Never}}));
  app.add_flag("-q,--quiet", global.is_quiet, "Only data and errors");
  add(app, "--connect-timeout", "TIME",
      "While waiting, bear a lost server this long (default: 60s)",
      [&global](const std::string& text) {
        const std::optional<Duration> time = parse_duration(text);
        global.lost_for_max = time.value_or(global.lost_for_max);
        return time ? "" : "`" + text + "` is no duration; write 30s or 2m";
      });
}

/// What CLI11 cannot check.
std::string mistake_in(const Arguments& arguments) {
  const bool is_submission = arguments.verb == Verb::Submit || arguments.verb == Verb::Run;
  const SubmitOptions& submit = arguments.submit;
  if (is_submission && submit.ask.command.empty() && submit.ask.definition.empty()) {
    return "nothing to run: write the command behind --, or name a --definition";
  }
  const bool is_limited = submit.ask.running_max > 0 || submit.ask.failed_max > 0;
  if (is_submission && is_limited && submit.ask.array_size == 0) {
    return "--max-running and --max-failures are for an --array";
  }
  if (arguments.verb == Verb::LimitQueue && !arguments.limit_queue.running_max &&
      arguments.limit_queue.by_name.empty()) {
    return "nothing to change: name --max-running or --max-running-of";
  }
  if (arguments.verb == Verb::Limit && !arguments.limit.running_max &&
      !arguments.limit.failed_max) {
    return "nothing to change: name --max-running or --max-failures";
  }
  return "";
}

/// run, wait and submit --wait keep the small numbers for the job.
int usage_code(int argc, const char* const* argv) {
  bool passes_on = false;
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    const std::string_view word = argv[i];
    passes_on = passes_on || word == "run" || word == "wait" || word == "--wait";
  }
  return passes_on ? kTrouble : kUsage;
}

}  // namespace

std::variant<Arguments, Finished> parse_arguments(int argc, const char* const* argv) {
  Arguments out;
  CLI::App app("Dray: AWS Batch on your own machines", "dray");
  app.require_subcommand(1);
  app.set_version_flag("--version", "dray " DRAY_VERSION);
  app.footer(
      "Begin with `dray up`, then `dray run -- echo hello`. `dray VERB --help` has examples.");
  add_globals(app, out.global);
  add_submitters(app, out);
  add_lookers(app, out);
  add_changers(app, out);
  add_queue_changers(app, out);
  add_priority(app, out);
  add_places(app, out);
  add_keys(app, out);
  add_tls(app, out);
  std::string mistake;
  try {
    app.parse(argc, argv);
    mistake = mistake_in(out);
  } catch (const CLI::Success& help) {
    return Finished{app.exit(help)};
  } catch (const CLI::ParseError& error) {
    mistake = error.what();
  }
  if (mistake.empty()) {
    return out;
  }
  const std::vector<CLI::App*> verbs = app.get_subcommands();
  const std::string name = verbs.empty() ? "dray" : "dray " + verbs.front()->get_name();
  std::fprintf(stderr, "dray: %s\nSee `%s --help`.\n", mistake.c_str(), name.c_str());
  return Finished{usage_code(argc, argv)};
}

}  // namespace dray::cli
