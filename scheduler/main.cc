#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "api/server/http_server.h"
#include "scheduler/config.h"
#include "scheduler/service/service.h"

namespace dray {
namespace {

constexpr int kCannotServe = 1;
constexpr int kBadOptions = 2;

int fail(const Error& error, int code) {
  std::fprintf(stderr, "dray-scheduler: %s\n", error.reason.c_str());
  return code;
}

/// The command line before the file: what was typed wins.
Result<Config> gather(const std::vector<std::pair<std::string, std::string>>& typed,
                      const std::string& file) {
  std::vector<std::pair<std::string, std::string>> options;
  if (!file.empty()) {
    Result<std::vector<std::pair<std::string, std::string>>> read = read_config_file(file);
    if (!read) {
      return tl::unexpected(read.error());
    }
    options = std::move(*read);
  }
  options.insert(options.end(), typed.begin(), typed.end());
  Config config;
  for (const auto& [name, text] : options) {
    const Result<void> set = set_option(config, name, text);
    if (!set) {
      return tl::unexpected(set.error());
    }
  }
  const Result<void> checked = check_config(config);
  if (!checked) {
    return tl::unexpected(checked.error());
  }
  return config;
}

void log_to_stderr(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("dray-scheduler"));
  spdlog::set_level(spdlog::level::from_str(level));
}

/// Every agent has two connections, and most shells give 1,024 descriptors: take all there may be.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

/// The signals that end the scheduler; blocked in every thread, awaited by main.
sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

/// Ends the process when the database is not sound: better down than wrong. False while it looks.
std::shared_ptr<std::atomic<bool>> check_beside(const Service& service) {
  auto is_done = std::make_shared<std::atomic<bool>>(false);
  std::thread([&service, is_done] {
    const Result<void> sound = service.check_database();
    if (!sound) {
      std::_Exit(fail(sound.error(), kCannotServe));
    }
    is_done->store(true);
  }).detach();
  return is_done;
}

/// Connections and agents are files; the soft limit of a shell is for programs that know select().
void raise_file_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
}

server::HttpSettings http_settings(const Config& config) {
  server::HttpSettings http;
  http.host = config.http.host;
  http.port = config.http.port;
  http.tls_certificate_file = config.tls_cert;
  http.tls_key_file = config.tls_key;
  http.region = config.region;
  http.account = config.account;
  http.version = DRAY_VERSION;
  http.commit = DRAY_COMMIT;
  http.host_names = config.http_host_names;
  http.web_dir = config.web_dir;
  http.limits.framing.body_bytes_max = config.http_body_max;
  http.limits.held_bytes_max = std::max(http.limits.held_bytes_max, config.http_body_max * 8);
  http.limits.address_rate = config.address_rate;
  http.limits.key_rate = config.key_rate;
  return http;
}

int serve(const Config& config) {
  raise_file_limit();
  const sigset_t signals = ending_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  ServiceSettings settings;
  settings.data_dir = config.data_dir;
  settings.agents_host = config.agents.host;
  settings.agents_port = config.agents.port;
  settings.core.lease = config.lease;
  // The supervisor ends attempts at the end of the lease; the margin is for clocks and kills.
  settings.core.lease_margin = std::clamp<Duration>(
      settings.core.lease / 10, std::chrono::seconds(1), std::chrono::seconds(30));
  settings.core.renew_every = config.renew_every;
  settings.core.silent_after = config.silent_after;
  settings.core.compat_strict = config.is_strict;
  settings.keep_finished = config.keep_finished;
  settings.region = config.region;
  settings.version = DRAY_VERSION;
  settings.commit = DRAY_COMMIT;
  Result<std::unique_ptr<Service>> service = Service::open(std::move(settings));
  if (!service) {
    return fail(service.error(), kCannotServe);
  }
  server::HttpServer door((*service)->backend(), http_settings(config));
  const Result<std::uint16_t> port = door.bind();
  if (!port) {
    return fail(port.error(), kCannotServe);
  }
  if (config.keep_finished.count() > 0 && config.keep_finished < kAwsKeepsFinished) {
    spdlog::warn(
        "Finished jobs are deleted after less than the 7 days for which AWS Batch shows "
        "them: clients that look later find nothing (--keep-finished).");
  }
  (*service)->start();
  std::thread door_thread([&door] { door.run(); });
  const std::string credentials = std::filesystem::absolute((*service)->credentials_file());
  if (std::filesystem::exists(credentials)) {
    std::fprintf(stderr,
                 "dray-scheduler: the admin's access key: export "
                 "AWS_SHARED_CREDENTIALS_FILE=%s\n",
                 credentials.c_str());
  }
  std::printf("ready http=%s:%u agents=%s:%u\n", config.http.host.c_str(), unsigned{*port},
              config.agents.host.c_str(), unsigned{(*service)->agents_port()});
  std::fflush(stdout);

  const auto is_checked = check_beside(**service);
  int signal = 0;
  while (sigwait(&signals, &signal) == EINTR) {
  }
  spdlog::info("Signal {}: the scheduler ends; its agents go on with what runs.", signal);
  door.stop();
  door_thread.join();
  (*service)->stop();
  if (!is_checked->load()) {
    // Everything is on disk; the check only reads, and nobody waits for it.
    std::_Exit(0);
  }
  return 0;
}

int run(int argc, char** argv) {
  CLI::App app{
      "dray-scheduler: AWS Batch's API, queues and scheduling for agents on this machine."};
  std::vector<std::pair<std::string, std::string>> typed;
  const auto option = [&](const std::string& name, const std::string& what) {
    app.add_option_function<std::string>(
        "--" + name, [&typed, name](const std::string& text) { typed.emplace_back(name, text); },
        what);
  };
  app.set_version_flag("--version", "dray-scheduler " DRAY_VERSION);
  option("data-dir", "Folder of the database and the logs (created when missing)");
  option("http", "ADDRESS:PORT of the REST API [127.0.0.1:8470]");
  option("tls-cert", "PEM file of the API's certificate: HTTPS, needed beyond loopback");
  option("tls-key", "PEM file of its key");
  app.add_flag_callback(
      "--insecure-plain-http", [&typed] { typed.emplace_back("insecure-plain-http", "true"); },
      "Serve plain HTTP beyond loopback: who is on the network can read it");
  option("http-body-max", "Bytes of the largest request body [1048576]");
  option("address-rate", "Requests a second from one address, not loopback; 0: any [10000]");
  option("key-rate", "Requests a second with one access key; 0: any [10000]");
  option("agents", "ADDRESS:PORT that agents connect to [127.0.0.1:8471]");
  option("http-host-name", "Further NAMES, with commas, that the REST API answers to");
  option("web-dir", "Folder of the status page's files, for its developers [in the program]");
  option("lease", "Seconds an agent may run attempts without being heard [1800]");
  option("renew-every", "Milliseconds between an agent's renewals [5000]");
  option("silent-after", "Seconds of silence after which an agent gets nothing new [15]");
  option("keep-finished", "How long finished jobs are kept: 90d, 36h, 30m, forever [90d]");
  option("region", "Region in ARNs [us-east-1]");
  option("account", "Account in ARNs, 12 digits [000000000000]");
  option("compat", "dray, or strict: AWS's own limits [dray]");
  option("log-level", "trace, debug, info, warn, error, critical or off [info]");
  std::string file;
  app.add_option("--config", file, "TOML file with the same options; typed ones win");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    return app.exit(failure) == 0 ? 0 : kBadOptions;
  }
  const Result<Config> config = gather(typed, file);
  if (!config) {
    return fail(config.error(), kBadOptions);
  }
  log_to_stderr(config->log_level);
  return serve(*config);
}

}  // namespace
}  // namespace dray

int main(int argc, char** argv) {
  return dray::run(argc, argv);
}
