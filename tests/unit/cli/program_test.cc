#include <csignal>
#include <functional>
#include <memory>
#include <mutex>
#include <regex>
#include <thread>

#include <gtest/gtest.h>

#include "api/server/http_server.h"
#include "model/log_record.h"
#include "tests/support/fake_backend.h"
#include "tests/support/program_run.h"

/// The program as people use it, before the real door and a scheduler in memory.
namespace dray::test {
namespace {

constexpr const char* kUnknown = "4c7599ae-0a82-49aa-ba5a-4727fcce14a8";

/// A scheduler whose jobs move on as they are looked at.
class MovingBackend : public FakeBackend {
 public:
  using FakeBackend::FakeBackend;
  Result<std::vector<JobDetail>> describe(std::vector<JobName> jobs) override {
    {
      const std::lock_guard lock(mutex);
      ++looks_;
      if (on_look) {
        on_look(looks_);
      }
    }
    return FakeBackend::describe(std::move(jobs));
  }
  std::function<void(int)> on_look;  ///< Called with how many looks there were.

 private:
  int looks_ = 0;
};

class Program : public testing::Test {
 protected:
  explicit Program(bool runs_jobs = true) : backend(runs_jobs) {
    EXPECT_TRUE(backend.create_access_key("tester", Role::Admin, "*"));
    EXPECT_TRUE(backend.create_environment({.name = "default"}));
    EXPECT_TRUE(backend.create_queue({.name = "default", .environments = {"default"}}));
    server::HttpSettings settings;
    settings.port = 0;
    server_ = std::make_unique<server::HttpServer>(backend, settings);
    const Result<std::uint16_t> port = server_->bind();
    EXPECT_TRUE(port);
    url = "http://127.0.0.1:" + std::to_string(port.value_or(0));
    serving_ = std::thread([this] { server_->run(); });
  }
  ~Program() override {
    server_->stop();
    serving_.join();
  }

  ProgramRun begin(std::vector<std::string> words) {
    words.insert(words.begin(), DRAY_PROGRAM);
    settle();
    return ProgramRun(std::move(words), {{"DRAY_URL", url},
                                         {"AWS_ACCESS_KEY_ID", "KEY1"},
                                         {"AWS_SECRET_ACCESS_KEY", "secret of KEY1"},
                                         {"XDG_STATE_HOME", folder_.path()},
                                         {"HOME", folder_.path()},
                                         {"TERM", "xterm"}});
  }
  ProgramEnd dray(std::vector<std::string> words) {
    ProgramEnd end = begin(std::move(words)).end();
    settle();
    return end;
  }
  /// Puts what the test did and what requests did in order: programs do it, but unseen by TSan.
  void settle() { const std::lock_guard lock(backend.mutex); }

  MovingBackend backend;
  std::string url;

 private:
  std::unique_ptr<server::HttpServer> server_;
  std::thread serving_;
  TemporaryFolder folder_;
};

class WaitingProgram : public Program {
 protected:
  WaitingProgram() : Program(false) {}
  JobDetail& job() { return backend.details.front(); }
  Attempt& attempt() {
    if (job().attempts.empty()) {
      job().attempts.push_back({.key = {{job().job.id, kNoChild}, 1}, .agent = AgentId{1}});
      job().attempts.back().state = AttemptState::Running;
    }
    return job().attempts.back();
  }
  void write(LogStream stream, const std::string& text) {
    append_log_record(backend.logs[attempt().key], {stream, {1}, text});
  }
  void end(std::int32_t code) {
    attempt().state = AttemptState::Ended;
    attempt().started_at = WallTime{1};
    attempt().stopped_at = WallTime{2};
    attempt().end = AttemptEnd{.outcome = code == 0 ? Outcome::Succeeded : Outcome::Failed,
                               .exit_code = code,
                               .status_reason = "Essential container in task exited"};
    job().job.state = code == 0 ? JobState::Succeeded : JobState::Failed;
    job().job.status_reason = "Essential container in task exited";
  }
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Program, SubmitPrintsTheIdAndNothingElse) {
  const ProgramEnd end = dray({"submit", "--", "echo", "hello"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_TRUE(std::regex_match(end.out, std::regex("[0-9a-f-]{36}\n"))) << end.out;
  EXPECT_EQ(end.err, "");
  EXPECT_EQ(backend.last_submission.definition, "cli-echo");
  EXPECT_EQ(backend.last_submission.revision, 1);
  EXPECT_EQ(dray({"jobs", "-o", "id"}).out, end.out);
  EXPECT_EQ(dray({"show", "last", "-q"}).out, end.out);
  EXPECT_EQ(dray({"show", end.out.substr(0, 36), "-q"}).out, end.out);
}

TEST_F(Program, TheDefinitionOfACommandIsMadeOnce) {
  EXPECT_EQ(dray({"submit", "--", "echo", "a"}).code, 0);
  EXPECT_EQ(dray({"submit", "--vcpus", "2", "--", "/bin/echo", "b"}).code, 0);
  EXPECT_EQ(backend.last_submission.revision, 1);
  EXPECT_EQ(backend.last_submission.milli_vcpus, 2000);
  EXPECT_EQ(dray({"submit", "--image", "native:x", "--", "echo", "c"}).code, 0);
  EXPECT_EQ(backend.last_submission.revision, 2);
}

TEST_F(Program, RunWritesTheJobsOutputAndEndsWithItsCode) {
  const ProgramEnd good = dray({"run", "--", "hello", "world"});
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_EQ(good.out, "hello\nworld\n");
  EXPECT_TRUE(holds(good.err, "SUCCEEDED"));
  const ProgramEnd bad = dray({"run", "-q", "--", "false"});
  EXPECT_EQ(bad.code, 1);
  EXPECT_EQ(bad.out, "false\n");
  EXPECT_EQ(bad.err, "");
}

TEST_F(Program, AnArrayEndsWithZeroOr122) {
  const ProgramEnd good = dray({"run", "--array", "3", "--", "work"});
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_EQ(good.out, "");
  EXPECT_TRUE(holds(good.err, "3/3 done (100%), 0 failed"));
  EXPECT_EQ(dray({"submit", "--wait", "--array", "2", "--", "false"}).code, 122);
  const ProgramEnd shown = dray({"show", "last"});
  EXPECT_TRUE(holds(shown.out, "2 failed of 2")) << shown.out;
  EXPECT_TRUE(holds(shown.out, "exit code 1  0-1")) << shown.out;
}

TEST_F(Program, LogsOfAnArrayAreMergedWithPrefixes) {
  ASSERT_EQ(dray({"submit", "--array", "2", "--", "one", "two"}).code, 0);
  const std::string merged = "[0] one\n[0] two\n[1] one\n[1] two\n";
  EXPECT_EQ(dray({"logs", "last"}).out, merged);
  const ProgramEnd followed = dray({"logs", "-f", "last"});
  EXPECT_EQ(followed.out, merged) << followed.err;
  EXPECT_EQ(followed.code, 0);
  EXPECT_EQ(dray({"logs", "last:1"}).out, "one\ntwo\n");
  EXPECT_EQ(dray({"logs", "--no-prefix", "last"}).out, "one\ntwo\none\ntwo\n");
  EXPECT_EQ(dray({"logs", "--stderr", "last:1"}).out, "");
}

TEST_F(Program, WhatIsNotThereIsThree) {
  for (const char* verb : {"show", "explain", "history", "logs", "cancel", "terminate"}) {
    const ProgramEnd end = dray({verb, kUnknown});
    EXPECT_EQ(end.code, 3) << verb << end.err;
    EXPECT_EQ(end.out, "") << verb;
  }
  EXPECT_EQ(dray({"show", "last"}).code, 3);
  EXPECT_EQ(dray({"show", "nonsense"}).code, 3);
  EXPECT_EQ(dray({"wait", kUnknown}).code, 125);
  EXPECT_EQ(dray({"drain", "nobody"}).code, 3);
}

TEST_F(Program, ARefusalKeepsAwsWordsAndTheRequest) {
  const ProgramEnd end = dray({"submit", "--queue", "none", "--", "x"});
  EXPECT_EQ(end.code, 1);
  EXPECT_EQ(end.out, "");
  EXPECT_TRUE(
      std::regex_search(end.err, std::regex("none does not exist.*\\(request [0-9a-f-]+\\)")))
      << end.err;
  EXPECT_EQ(dray({"run", "--queue", "none", "--", "x"}).code, 125);
}

TEST_F(Program, AnUnreachableSchedulerIsFourAndSaysWhatToDo) {
  url = "http://127.0.0.1:1";
  const ProgramEnd end = dray({"jobs"});
  EXPECT_EQ(end.code, 4);
  EXPECT_EQ(end.err,
            "dray: cannot reach http://127.0.0.1:1: connection refused; start it with `dray up`, "
            "or name another with --url or DRAY_URL\n");
  EXPECT_EQ(dray({"wait", kUnknown, "--connect-timeout", "1ms"}).code, 125);
  EXPECT_EQ(dray({"run", "--", "x"}).code, 125);
}

TEST_F(Program, JsonIsTheApisAndStdoutIsOnlyData) {
  EXPECT_EQ(dray({"jobs", "-o", "json"}).out, "[]\n");
  ASSERT_EQ(dray({"submit", "--name", "nightly", "--", "x"}).code, 0);
  EXPECT_TRUE(holds(dray({"show", "last", "-o", "json"}).out, "\"jobName\": \"nightly\""));
  const std::string line = dray({"jobs", "-o", "jsonl"}).out;
  EXPECT_TRUE(line.starts_with("{") && line.ends_with("}\n")) << line;
  EXPECT_TRUE(holds(dray({"queues", "-o", "json"}).out, "\"name\": \"default\""));
}

TEST_F(Program, ADryRunSendsNothing) {
  const ProgramEnd end = dray({"submit", "--dry-run", "--array", "0-9", "--", "x"});
  EXPECT_EQ(end.code, 0);
  EXPECT_TRUE(holds(end.out, "\"size\": 10"));
  EXPECT_TRUE(backend.details.empty());
}

TEST_F(WaitingProgram, LogsWaitSayWhyFollowAndEndWithTheJob) {
  ASSERT_EQ(dray({"submit", "--", "x"}).code, 0);
  backend.on_look = [this](int look) {
    if (look == 25) {
      job().job.state = JobState::Running;
      write(LogStream::Output, "half ");
    }
    if (look == 29) {
      write(LogStream::Output, "a line\n");
      write(LogStream::Error, "trouble\n");
      end(3);
    }
  };
  const ProgramEnd end = dray({"logs", "-f", "last"});
  EXPECT_EQ(end.code, 0);
  EXPECT_EQ(end.out, "half a line\n");
  EXPECT_TRUE(holds(end.err, "waits: No agent is big enough.\n")) << end.err;
  EXPECT_TRUE(holds(end.err, "trouble\n"));
  EXPECT_TRUE(holds(end.err, "FAILED")) << end.err;
}

TEST_F(WaitingProgram, WaitEndsWithTheJobsCodeOrAfterItsTime) {
  ASSERT_EQ(dray({"submit", "--", "x"}).code, 0);
  EXPECT_EQ(dray({"wait", "--timeout", "50ms", "last"}).code, 124);
  backend.on_look = [this](int look) {
    if (look > 5) {
      end(42);
    }
  };
  EXPECT_EQ(dray({"wait", "last"}).code, 42);
}

TEST_F(WaitingProgram, CancelledBeforeItsStartIs123) {
  ASSERT_EQ(dray({"submit", "--", "x"}).code, 0);
  EXPECT_EQ(dray({"cancel", "last", "--reason", "wrong input"}).code, 0);
  const ProgramEnd end = dray({"wait", "last"});
  EXPECT_EQ(end.code, 123);
  EXPECT_TRUE(holds(end.err, "FAILED: wrong input")) << end.err;
}

TEST_F(WaitingProgram, ALogThatCannotComeIsNotWaitedFor) {
  ASSERT_EQ(dray({"submit", "--", "x"}).code, 0);
  attempt().state = AttemptState::Ended;
  attempt().stopped_at = WallTime{2};
  attempt().end = AttemptEnd{.outcome = Outcome::LaunchFailed, .reason = "no such program"};
  job().job.state = JobState::Failed;
  const ProgramEnd end = dray({"logs", "-f", "last"});
  EXPECT_EQ(end.code, 0);
  EXPECT_FALSE(holds(end.err, "has not arrived")) << end.err;
}

TEST_F(WaitingProgram, AnAttemptWithoutALogDoesNotHideTheNextOne) {
  ASSERT_EQ(dray({"submit", "--", "x"}).code, 0);
  attempt().state = AttemptState::Ended;
  attempt().stopped_at = WallTime{2};
  attempt().end = AttemptEnd{.outcome = Outcome::LaunchFailed, .reason = "no room"};
  write(LogStream::Note, "");
  backend.on_look = [this](int look) {
    if (look == 10) {
      job().attempts.push_back({.key = {{job().job.id, kNoChild}, 2}, .agent = AgentId{1}});
      write(LogStream::Output, "the second\n");
      end(0);
    }
  };
  const ProgramEnd end = dray({"logs", "-f", "last"});
  EXPECT_EQ(end.out, "the second\n");
  EXPECT_FALSE(holds(end.err, "has not arrived")) << end.err;
}

TEST_F(WaitingProgram, AnInterruptDetachesAndSaysHowToComeBack) {
  for (const char* verb : {"run", "submit"}) {
    ProgramRun run = begin({verb, verb == std::string("run") ? "--name" : "--wait", "n", "x"});
    ASSERT_TRUE(run.wait_for_err("waits: No agent is big enough.")) << run.err();
    run.send(SIGINT);
    const ProgramEnd end = run.end();
    settle();
    EXPECT_EQ(end.code, 130);
    EXPECT_TRUE(holds(end.err, "keeps running; `dray logs -f ")) << end.err;
  }
}

TEST_F(WaitingProgram, RunCancelsOnInterruptWhenToldTo) {
  ProgramRun run = begin({"run", "--on-interrupt", "cancel", "--", "x"});
  ASSERT_TRUE(run.wait_for_err("waits: No agent is big enough.")) << run.err();
  run.send(SIGINT);
  EXPECT_EQ(run.end().code, 123);
  settle();
  EXPECT_TRUE(job().job.is_terminated);
}

TEST_F(WaitingProgram, ExplainNamesEachAgentAndWhatItLacks) {
  ASSERT_EQ(dray({"submit", "--", "x"}).code, 0);
  EXPECT_EQ(dray({"explain", "last"}).out,
            "No agent is big enough.\n"
            "\n"
            "It would start if:\n"
            "  - An agent with at least 2 vCPUs and 1 GPU joins.\n"
            "\n"
            "AGENT    ENVIRONMENT  VERDICT    HAS                  FREE                 SHORT OF\n"
            "agent-1  default      too small  0.5 vCPUs, 1024 MiB  0.5 vCPUs, 1024 MiB  "
            "1.5 vCPUs, 1 GPU\n");
}

TEST_F(WaitingProgram, UsageSuggestsWhatToAskFor) {
  ASSERT_EQ(dray({"submit", "--", "x"}).code, 0);
  const std::string definition = job().job.spec->definition;
  EXPECT_EQ(dray({"usage", definition}).out,
            "             ASKED FOR  MEDIAN  P95  MAX  SUGGESTED\n"
            "memory, MiB        512     100  300  300        368\n"
            "vCPUs                1     0.4  0.5  0.5       0.75\n"
            "\n"
            "Of 2 attempts of the newest 2 jobs.\n"
            "1 of them ended because their memory was too small: they need more than is seen.\n");
  EXPECT_EQ(dray({"usage", "nothing"}).code, 3);
}

TEST_F(WaitingProgram, HistoryTellsStatesAndWhatWasAskedFor) {
  ASSERT_EQ(dray({"submit", "--", "x"}).code, 0);
  const std::string told = dray({"history", "last"}).out;
  EXPECT_TRUE(holds(told, "WHEN")) << told;
  EXPECT_TRUE(holds(told, "SUBMITTED")) << told;
  EXPECT_TRUE(holds(told, "cancel asked for by ann")) << told;
  EXPECT_TRUE(holds(told, "too old")) << told;
  EXPECT_TRUE(holds(told, "(about)")) << told;
  EXPECT_TRUE(holds(dray({"history", "last", "-o", "json"}).out, "\"request\": \"CANCEL\""));
}

}  // namespace
}  // namespace dray::test
