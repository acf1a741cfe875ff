#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/supervisor/clock.h"
#include "agent/supervisor/folders.h"
#include "agent/supervisor/protocol.h"
#include "model/log_record.h"

namespace dray::supervisor {

/// A real dray-supervisor in a folder of its own, spoken to over its socket. Every wait is bounded.
/// Ends and cleans up with the test.
class SupervisorProcess {
 public:
  explicit SupervisorProcess(std::vector<std::string> options = {})
      : folders_(make_folder()), options_(std::move(options)) {
    name_ = "test-" + std::to_string(::getpid()) + "-" + std::to_string(++made());
    start();
  }

  ~SupervisorProcess() {
    kill();
    options_.clear();
    start();  // The next life ends what this one left.
    kill();
    std::filesystem::remove_all(folders_.data());
    for (const std::filesystem::path& home : groups()) {
      remove_groups(home);
    }
  }

  /// Its folder in each tree of control groups.
  [[nodiscard]] std::vector<std::filesystem::path> groups() const {
    std::vector<std::filesystem::path> found;
    for (const char* tree : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory",
                             "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/pids"}) {
      std::error_code failed;
      for (const auto& entry : std::filesystem::directory_iterator(tree, failed)) {
        if (entry.path().filename().string().starts_with("dray-" + name_ + "-")) {
          found.push_back(entry.path());
        }
      }
    }
    return found;
  }

  void start() {
    std::vector<std::string> words{DRAY_SUPERVISOR, "--data-dir", folders_.data(), "--name", name_};
    words.insert(words.end(), options_.begin(), options_.end());
    process_ = ::fork();
    if (process_ == 0) {
      std::vector<char*> arguments;
      for (std::string& word : words) {
        arguments.push_back(word.data());
      }
      arguments.push_back(nullptr);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    connect();
  }

  void kill() {
    disconnect();
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    // Its children die with it, a moment later, and hold its socket until then.
    EXPECT_TRUE(FolderLock::inherit(folders_.supervisor_lock()));
  }

  /// How it ended, when it has.
  [[nodiscard]] std::string its_end() const {
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOHANG | WNOWAIT);
    return info.si_pid == 0 ? "" : "; it ended with " + std::to_string(info.si_status);
  }

  /// True when it has ended by itself within ten seconds.
  bool has_ended() {
    return until([this] { return ::waitpid(process_, nullptr, WNOHANG) == process_; });
  }

  void disconnect() {
    ::close(socket_);
    received_.clear();
  }

  /// Says hello as an agent; the snapshot is then the first fact.
  void connect() {
    const bool is_connected = until([this] {
      socket_ = knock();
      return socket_ >= 0;
    });
    ASSERT_TRUE(is_connected) << "no supervisor answers";
    send(Greeting{.agent_name = name_});
    snapshot_ = next<Snapshot>();
    send(Order{CapacityOrder{{.milli_vcpus = 4000, .memory_mib = 4096}}});
    send(Order{LeaseOrder{read_clock() + std::chrono::minutes(10)}});
  }

  /// What the living supervisor may still do, as `prlimit` sets it.
  void limit(int what, rlim_t most) const {
    const auto resource = static_cast<__rlimit_resource>(what);
    rlimit limits{};
    ASSERT_EQ(::prlimit(process_, resource, nullptr, &limits), 0);
    limits.rlim_cur = std::min(most, limits.rlim_max);
    ASSERT_EQ(::prlimit(process_, resource, &limits, nullptr), 0);
  }

  [[nodiscard]] rlim_t open_files() const {
    const auto files =
        std::filesystem::directory_iterator("/proc/" + std::to_string(process_) + "/fd");
    return static_cast<rlim_t>(std::distance(begin(files), end(files)));
  }

  /// CPU time it has used, in ticks of 10 ms.
  [[nodiscard]] long used_ticks() const {
    std::ifstream in("/proc/" + std::to_string(process_) + "/stat");
    std::string text((std::istreambuf_iterator<char>(in)), {});
    std::istringstream rest(text.substr(text.rfind(')') + 1));
    std::string word;
    for (int field = 3; field < 14; ++field) {
      rest >> word;
    }
    long user = 0;
    long system = 0;
    rest >> user >> system;
    return user + system;
  }

  void send(const ToSupervisor& message) {
    const std::string frame = encode(message);
    ASSERT_EQ(::send(socket_, frame.data(), frame.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(frame.size()));
  }

  /// True when it says nothing for half a second.
  bool hears_nothing() {
    pollfd ready{socket_, POLLIN, 0};
    constexpr int kWaitMs = 500;
    return received_.empty() && ::poll(&ready, 1, kWaitMs) == 0;
  }

  /// Another connection, that says nothing.
  class Knock {
   public:
    explicit Knock(const SupervisorProcess& supervisor) : socket_(supervisor.knock()) {}
    Knock(const Knock&) = delete;
    Knock& operator=(const Knock&) = delete;
    ~Knock() { ::close(socket_); }
    /// Whether the supervisor has spoken or hung up within that time.
    [[nodiscard]] bool is_answered(int ms) const {
      pollfd ready{socket_, POLLIN, 0};
      return ::poll(&ready, 1, ms) > 0;
    }

   private:
    int socket_;
  };

  /// The next message of this kind; others are passed over.
  template <class Wanted>
  Wanted next() {
    for (;;) {
      std::optional<ToAgent> message = receive();
      if (!message) {
        ADD_FAILURE() << "the supervisor says nothing" << its_end();
        return {};
      }
      if (Wanted* wanted = find<Wanted>(*message)) {
        return std::move(*wanted);
      }
    }
  }

  /// Starts `command` as nobody (or as ourselves, when we are not root).
  AttemptKey start_command(std::vector<std::string> command, Resources request = {1000, 64, 0},
                           std::optional<Duration> timeout = std::nullopt) {
    const AttemptKey key{{JobId{++last_job_}, kNoChild}, 1};
    LaunchPlan plan;
    plan.program = command.front();
    plan.arguments = std::move(command);
    plan.environment = {
        "PATH=/usr/bin:/bin", "AWS_BATCH_JOB_ID=" + mark(key),
        "DRAY_ATTEMPT_TOKEN=0000000000000007000000000000000" + std::to_string(last_job_ % 10)};
    plan.user = ::geteuid() == 0 ? 65534 : ::geteuid();
    plan.group = ::geteuid() == 0 ? 65534 : ::getegid();
    send(PlannedStart{{key, {7, last_job_ % 10}, request, timeout}, plan});
    return key;
  }

  AttemptKey start_shell(const std::string& script, Resources request = {1000, 64, 0},
                         std::optional<Duration> timeout = std::nullopt) {
    return start_command({"/bin/sh", "-c", script}, request, timeout);
  }

  AttemptEnd end_of(const AttemptKey& key) {
    for (;;) {
      Ended ended = next<Ended>();
      if (ended.attempt.key == key || ended.attempt.key.number == 0) {
        last_log_size_ = ended.attempt.log_size;
        return ended.attempt.end;
      }
    }
  }

  [[nodiscard]] std::string mark(const AttemptKey& key) const { return name_ + "-" + task_id(key); }

  /// Processes that have the attempt's mark in their environment.
  [[nodiscard]] std::vector<pid_t> survivors(const AttemptKey& key) const {
    const std::string wanted = "AWS_BATCH_JOB_ID=" + mark(key);
    std::vector<pid_t> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream in(entry.path() / "environ", std::ios::binary);
      for (std::string variable; std::getline(in, variable, '\0');) {
        if (variable == wanted) {
          found.push_back(static_cast<pid_t>(std::stol(entry.path().filename())));
        }
      }
    }
    return found;
  }

  /// Living children of the supervisor.
  [[nodiscard]] std::vector<pid_t> children() const {
    const std::string process = std::to_string(process_);
    std::ifstream in("/proc/" + process + "/task/" + process + "/children");
    std::vector<pid_t> found;
    for (pid_t child = 0; in >> child;) {
      found.push_back(child);
    }
    return found;
  }

  /// The bytes of one stream of an attempt's log.
  [[nodiscard]] std::string output(const AttemptKey& key, LogStream stream) const {
    std::ifstream in(folders_.log(key), std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    const std::string bytes = all.str();
    std::string_view rest = bytes;
    std::string text;
    bool is_broken = false;
    while (auto record = take_log_record(rest, is_broken)) {
      text += record->stream == stream ? record->bytes : std::string_view();
    }
    EXPECT_FALSE(is_broken);
    return text;
  }

  template <class Condition>
  static bool until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) {
        return false;
      }
      ::usleep(2000);
    }
    return true;
  }

  [[nodiscard]] const Folders& folders() const { return folders_; }
  [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] pid_t process() const { return process_; }

 private:
  /// A new connection; -1 when nobody listens.
  [[nodiscard]] int knock() const {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    folders_.socket().copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
      return socket;
    }
    ::close(socket);
    return -1;
  }

  static int& made() {
    static int count = 0;
    return count;
  }

  static std::string make_folder() {
    std::string path = "/tmp/dray-supervisor-XXXXXX";
    return ::mkdtemp(path.data());
  }

  static void remove_groups(const std::filesystem::path& home) {
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(home, failed)) {
      if (entry.is_directory(failed)) {
        ::rmdir(entry.path().c_str());
      }
    }
    ::rmdir(home.c_str());
  }

  template <class Wanted>
  static Wanted* find(ToAgent& message) {
    if constexpr (std::is_same_v<Wanted, LogGrew> || std::is_same_v<Wanted, Shortcomings>) {
      return std::get_if<Wanted>(&message);
    } else {
      Fact* fact = std::get_if<Fact>(&message);
      return fact != nullptr ? std::get_if<Wanted>(fact) : nullptr;
    }
  }

  std::optional<ToAgent> receive() {
    for (;;) {
      std::string_view rest = received_;
      bool is_broken = false;
      if (auto body = take_frame(rest, is_broken)) {
        auto message = decode_to_agent(*body);
        received_.erase(0, received_.size() - rest.size());
        return message;
      }
      pollfd ready{socket_, POLLIN, 0};
      std::array<char, 65536> buffer{};
      constexpr int kPatienceMs = 20'000;
      if (::poll(&ready, 1, kPatienceMs) <= 0) {
        return std::nullopt;
      }
      const ssize_t length = ::read(socket_, buffer.data(), buffer.size());
      if (length <= 0) {
        return std::nullopt;
      }
      received_.append(buffer.data(), static_cast<std::size_t>(length));
    }
  }

  Folders folders_;
  std::vector<std::string> options_;
  std::string name_;
  pid_t process_ = -1;
  int socket_ = -1;
  std::string received_;
  Snapshot snapshot_;
  std::uint64_t last_job_ = 0;
  std::uint64_t last_log_size_ = 0;
};

/// Says loudly that something is not tested here.
#define SKIP_UNLESS_ROOT()                                                         \
  if (::geteuid() != 0) {                                                          \
    GTEST_SKIP() << "NOT TESTED: control groups and other users need root rights"; \
  }

}  // namespace dray::supervisor
