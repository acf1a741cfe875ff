#include "cli/arguments.h"

#include <gtest/gtest.h>

namespace dray::cli {
namespace {

std::variant<Arguments, Finished> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "dray");
  return parse_arguments(static_cast<int>(words.size()), words.data());
}

Arguments good(const std::vector<const char*>& words) {
  const auto parsed = parse(words);
  EXPECT_TRUE(std::holds_alternative<Arguments>(parsed));
  return std::get<Arguments>(parsed);
}

int code(const std::vector<const char*>& words) {
  const auto parsed = parse(words);
  return std::holds_alternative<Finished>(parsed) ? std::get<Finished>(parsed).exit_code : -1;
}

TEST(Arguments, TheCommandArrivesWordForWord) {
  const Arguments arguments =
      good({"submit", "--wait", "-o", "json", "--", "echo", "--", "-o", "x", "", "--wait=[1,2]"});
  EXPECT_EQ(arguments.verb, Verb::Submit);
  EXPECT_TRUE(arguments.submit.wait);
  EXPECT_EQ(arguments.global.format, OutputFormat::Json);
  EXPECT_EQ(arguments.submit.ask.command,
            (std::vector<std::string>{"echo", "--", "-o", "x", "", "--wait=[1,2]"}));
}

TEST(Arguments, SubmissionsAreTakenApart) {
  const Arguments arguments =
      good({"run",        "--queue", "q",         "--vcpus",      "0.5",
            "--memory",   "2G",      "--array",   "0-9",          "--env",
            "A=1",        "--env",   "B=x y",     "--depends-on", "last:N_TO_N,SEQUENTIAL",
            "--attempts", "3",       "--timeout", "2h",           "--on-interrupt",
            "cancel",     "true"});
  const wire::SubmitAsk& ask = arguments.submit.ask;
  EXPECT_EQ(arguments.verb, Verb::Run);
  EXPECT_EQ(ask.queue, "q");
  EXPECT_EQ(ask.vcpus, "0.5");
  EXPECT_EQ(ask.memory, "2048");
  EXPECT_EQ(ask.array_size, 10);
  EXPECT_EQ(ask.environment, (wire::NameValues{{"A", "1"}, {"B", "x y"}}));
  EXPECT_EQ(ask.depends_on,
            (std::vector<wire::SubmitAsk::DependsOn>{{"last", "N_TO_N"}, {"", "SEQUENTIAL"}}));
  EXPECT_EQ(ask.attempts, 3);
  EXPECT_EQ(ask.timeout_s, 7200);
  EXPECT_EQ(arguments.submit.on_interrupt, OnInterrupt::Cancel);
  EXPECT_EQ(ask.command, std::vector<std::string>{"true"});
}

TEST(Arguments, JobsAreSubmittedHeld) {
  EXPECT_TRUE(good({"submit", "--hold", "--", "x"}).submit.ask.is_held);
  EXPECT_FALSE(good({"submit", "--", "x", "--hold"}).submit.ask.is_held);
}

TEST(Arguments, APriorityStandsBeforeTheJobs) {
  const Arguments arguments = good({"priority", "70", "last", "4c75:3"});
  EXPECT_EQ(arguments.verb, Verb::Priority);
  EXPECT_EQ(arguments.priority.priority, 70);
  EXPECT_EQ(arguments.priority.ids, (std::vector<std::string>{"last", "4c75:3"}));
  EXPECT_EQ(code({"priority", "10000", "last"}), 2);
  EXPECT_EQ(code({"priority", "high", "last"}), 2);
  EXPECT_EQ(code({"priority", "7"}), 2);
}

TEST(Arguments, LimitsAreForArrays) {
  const Arguments arguments =
      good({"submit", "--array", "9", "--max-running", "2", "--max-failures", "1", "--", "x"});
  EXPECT_EQ(arguments.submit.ask.running_max, 2);
  EXPECT_EQ(arguments.submit.ask.failed_max, 1);
  EXPECT_EQ(good({"limit", "last", "--max-running", "0"}).limit.running_max, 0);
  EXPECT_FALSE(good({"limit", "last", "--max-running", "0"}).limit.failed_max);
  EXPECT_EQ(good({"limit-queue", "q", "--max-running-of", "a=2", "--max-running-of", "b=0"})
                .limit_queue.by_name,
            (std::map<std::string, std::int32_t>{{"a", 2}, {"b", 0}}));
  EXPECT_EQ(good({"rerun", "last", "--children", "3,7-9"}).rerun.children, "3,7-9");
  testing::internal::CaptureStderr();
  EXPECT_EQ(code({"submit", "--max-running", "2", "--", "x"}), 2);
  EXPECT_EQ(code({"limit", "last"}), 2);
  EXPECT_EQ(code({"limit-queue", "q"}), 2);
  EXPECT_EQ(good({"order-queue", "q", "fifo-strict"}).order_queue.order, "fifo-strict");
  EXPECT_EQ(code({"order-queue", "q", "lifo"}), 2);
  EXPECT_EQ(code({"limit-queue", "q", "--max-running-of", "a"}), 2);
  EXPECT_EQ(code({"rerun", "last", "--children", "9-3"}), 2);
  testing::internal::GetCapturedStderr();
}

TEST(Arguments, SubmissionsMayBeOfAShare) {
  const Arguments arguments =
      good({"submit", "--share", "a", "--scheduling-priority", "7", "true"});
  EXPECT_EQ(arguments.submit.ask.share, "a");
  EXPECT_EQ(arguments.submit.ask.scheduling_priority, 7);
  EXPECT_EQ(code({"submit", "--scheduling-priority", "10000", "true"}), 2);
}

TEST(Arguments, GlobalOptionsStandBeforeOrBehindTheVerb) {
  EXPECT_EQ(good({"--url", "http://a:1", "jobs"}).global.url, "http://a:1");
  EXPECT_EQ(good({"jobs", "--url", "http://a:1"}).global.url, "http://a:1");
  EXPECT_EQ(good({"jobs", "--state", "failed,RUNNING"}).jobs.states,
            (std::vector<JobState>{JobState::Failed, JobState::Running}));
}

TEST(Arguments, MistakesEndWithTwoAndThoseOfRunAndWaitWith125) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(code({}), 2);
  EXPECT_EQ(code({"nonsense"}), 2);
  EXPECT_EQ(code({"submit"}), 2);
  EXPECT_EQ(code({"submit", "--bad", "--", "x"}), 2);
  EXPECT_EQ(code({"submit", "--vcpus", "two", "--", "x"}), 2);
  EXPECT_EQ(code({"submit", "--timeout", "5s", "--", "x"}), 2);
  EXPECT_EQ(code({"submit", "--array", "1", "--", "x"}), 2);
  EXPECT_EQ(code({"jobs", "--state", "HAPPY"}), 2);
  EXPECT_EQ(code({"jobs", "-o", "xml"}), 2);
  EXPECT_EQ(code({"show"}), 2);
  EXPECT_EQ(code({"logs", "--stdout", "--stderr", "last"}), 2);
  EXPECT_EQ(code({"run"}), 125);
  EXPECT_EQ(code({"run", "--attempts", "11", "--", "x"}), 125);
  EXPECT_EQ(code({"wait"}), 125);
  EXPECT_EQ(code({"submit", "--wait"}), 125);
  EXPECT_EQ(code({"submit", "--bad", "--", "run"}), 2);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("write the command behind --"), std::string::npos);
  EXPECT_NE(said.find("See `dray submit --help`."), std::string::npos);
}

TEST(Arguments, EveryVerbHasHelpWithExamples) {
  for (const char* verb : {"up",    "down",   "submit",  "run",       "jobs",     "show",
                           "logs",  "wait",   "cancel",  "terminate", "explain",  "history",
                           "usage", "hold",   "release", "limit",     "priority", "limit-queue",
                           "rerun", "agents", "drain",   "undrain",   "queues",   "version"}) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(code({verb, "--help"}), 0);
    const std::string help = testing::internal::GetCapturedStdout();
    EXPECT_NE(help.find("Examples:\n  dray " + std::string(verb)), std::string::npos) << verb;
  }
}

TEST(Arguments, MakeKeysForUsersWithRolesAndQueues) {
  const Arguments made =
      good({"key", "create", "ann", "--role", "submitter", "--queue", "lab-*", "-o", "json"});
  EXPECT_EQ(made.verb, Verb::KeyCreate);
  EXPECT_EQ(made.key.user, "ann");
  EXPECT_EQ(made.key.role, "submitter");
  EXPECT_EQ(made.key.queues, "lab-*");
  EXPECT_EQ(made.global.format, OutputFormat::Json);
  EXPECT_EQ(good({"key", "disable", "A", "B"}).names.names.size(), 2U);
  EXPECT_EQ(good({"audit", "--limit", "7"}).audit.limit, 7);
}

}  // namespace
}  // namespace dray::cli
