#include "scheduler/service/meters.h"

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace dray {
namespace {

/// Reads Prometheus' text format as strictly as it is written down, and complains in words.
class Exposition {
 public:
  explicit Exposition(const std::string& text) {
    EXPECT_TRUE(text.ends_with('\n'));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      read(line);
    }
  }

  std::map<std::string, double> samples;  ///< By name and labels, as they stand.
  std::map<std::string, std::string> types;

 private:
  void read(const std::string& line) {
    static const std::regex kHelp(R"(# HELP ([a-z_]+) (.*\.|.*none\.))");
    static const std::regex kType(R"(# TYPE ([a-z_]+) (counter|gauge|histogram))");
    static const std::regex kSample(
        R"(([a-z_]+)((?:\{[a-z_]+="(?:[^"\\\n]|\\.)*"(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})?) (\S+))");
    std::smatch match;
    if (std::regex_match(line, match, kHelp)) {
      EXPECT_TRUE(helped_.insert(match[1]).second) << "told twice: " << line;
    } else if (std::regex_match(line, match, kType)) {
      EXPECT_TRUE(types.emplace(match[1], match[2]).second) << "told twice: " << line;
      EXPECT_TRUE(helped_.contains(match[1])) << line;
      current_ = match[1];
    } else if (std::regex_match(line, match, kSample)) {
      read_sample(match[1], match[2], match[3], line);
    } else {
      ADD_FAILURE() << "not in the format: " << line;
    }
  }
  void read_sample(const std::string& name, const std::string& labels, const std::string& value,
                   const std::string& line) {
    const std::string& type = types[current_];
    const bool is_part =
        name == current_ + "_bucket" || name == current_ + "_sum" || name == current_ + "_count";
    EXPECT_TRUE(type == "histogram" ? is_part : name == current_) << "out of place: " << line;
    EXPECT_EQ(type == "counter", current_.ends_with("_total")) << line;
    EXPECT_TRUE(current_.starts_with("dray_") || current_.starts_with("process_")) << line;
    std::size_t end = 0;
    EXPECT_NO_THROW(samples.emplace(name + labels, std::stod(value, &end))) << line;
    EXPECT_EQ(end, value.size()) << line;
  }

  std::set<std::string> helped_;
  std::string current_;
};

Attempt an_end(Outcome outcome) {
  Attempt attempt;
  attempt.state = AttemptState::Ended;
  attempt.started_at = WallTime{1'000};
  attempt.stopped_at = WallTime{3'500};
  attempt.end = AttemptEnd{.outcome = outcome};
  return attempt;
}

TEST(Meters, CountByQueue) {
  Meters meters("9.9", "abc");
  meters.submitted("q", 10);
  meters.submitted("r", 1);
  meters.finished("q", true, 3);
  meters.finished("q", false, 2);
  meters.waited("q", 700);
  meters.attempt_ended("q", an_end(Outcome::OutOfMemory));
  meters.attempt_ended("q", an_end(Outcome::Succeeded));
  meters.attempt_ended("q", an_end(Outcome::Succeeded));
  auto samples = Exposition(meters.text({})).samples;
  EXPECT_EQ(samples.at(R"(dray_build_info{commit="abc",version="9.9"})"), 1);
  EXPECT_EQ(samples.at(R"(dray_jobs_submitted_total{queue="q"})"), 10);
  EXPECT_EQ(samples.at(R"(dray_jobs_submitted_total{queue="r"})"), 1);
  EXPECT_EQ(samples.at(R"(dray_jobs_finished_total{queue="q",result="succeeded"})"), 3);
  EXPECT_EQ(samples.at(R"(dray_jobs_finished_total{queue="q",result="failed"})"), 2);
  EXPECT_EQ(samples.at(R"(dray_attempts_total{outcome="ok",queue="q"})"), 2);
  EXPECT_EQ(samples.at(R"(dray_attempts_total{outcome="oom",queue="q"})"), 1);
  EXPECT_EQ(samples.at(R"(dray_attempts_total{outcome="lost",queue="q"})"), 0);
  EXPECT_EQ(samples.at(R"(dray_job_queue_wait_seconds_bucket{queue="q",le="0.5"})"), 0);
  EXPECT_EQ(samples.at(R"(dray_job_queue_wait_seconds_bucket{queue="q",le="1"})"), 1);
  EXPECT_EQ(samples.at(R"(dray_job_run_seconds_count{queue="q"})"), 3);
  EXPECT_EQ(samples.at(R"(dray_job_run_seconds_sum{queue="q"})"), 7.5);
}

TEST(Meters, MeasureWhatIsThereNow) {
  Meters meters("9.9", "");
  MeterFacts facts;
  QueueStatus queue;
  queue.queue.name = "q";
  queue.counts = {1, 2, 3, 4, 5, 6, 7};
  queue.oldest_runnable_at = WallTime{1'000};
  api::AgentStatus agent{.state = "ready", .reserved = {500, 1, 0}, .attempts_live = 2};
  agent.agent.name = "a";
  agent.agent.capacity = {2000, 4, 1};
  api::AgentStatus away{.state = "disconnected"};
  away.agent.name = "b";
  facts.queues = {queue};
  facts.agents = {agent, away};
  facts.now = {3'500};
  facts.door = {.streams_open = 3,
                .connections_open = 12,
                .connections_refused = {{"too_many", 4}},
                .requests_refused = {{"broken", 5}}};
  facts.database_bytes = 1 << 20;
  facts.wal_bytes = 77;
  auto samples = Exposition(meters.text(facts)).samples;
  EXPECT_EQ(samples.at(R"(dray_jobs{queue="q",state="RUNNABLE"})"), 3);
  EXPECT_EQ(samples.at(R"(dray_jobs{queue="q",state="FAILED"})"), 7);
  EXPECT_EQ(samples.at(R"(dray_queue_oldest_runnable_seconds{queue="q"})"), 2.5);
  EXPECT_EQ(samples.at(R"(dray_agent_up{agent="a"})"), 1);
  EXPECT_EQ(samples.at(R"(dray_agent_up{agent="b"})"), 0);
  EXPECT_EQ(samples.at(R"(dray_agent_cpu_cores{agent="a"})"), 2);
  EXPECT_EQ(samples.at(R"(dray_agent_cpu_cores_reserved{agent="a"})"), 0.5);
  EXPECT_EQ(samples.at(R"(dray_agent_memory_bytes{agent="a"})"), 4 * 1024 * 1024);
  EXPECT_EQ(samples.at(R"(dray_agent_attempts{agent="a"})"), 2);
  EXPECT_EQ(samples.at("dray_http_streams"), 3);
  EXPECT_EQ(samples.at("dray_http_connections"), 12);
  EXPECT_EQ(samples.at(R"(dray_http_connections_refused_total{reason="too_many"})"), 4);
  EXPECT_EQ(samples.at(R"(dray_http_requests_refused_total{reason="broken"})"), 5);
  EXPECT_EQ(samples.at("dray_db_size_bytes"), 1 << 20);
  EXPECT_EQ(samples.at("dray_db_wal_bytes"), 77);
  EXPECT_GT(samples.at("process_resident_memory_bytes"), 1 << 20);
  EXPECT_GT(samples.at("process_start_time_seconds"), 1.6e9);
  EXPECT_GT(samples.at("process_open_fds"), 2);
  EXPECT_GE(samples.at("process_threads"), 1);
}

TEST(Meters, TimeTheLoopTheDiskAndTheDoor) {
  Meters meters("9.9", "");
  meters.cycled(std::chrono::milliseconds(3));
  meters.committed(std::chrono::milliseconds(2));
  meters.answered("submitjob", 200, std::chrono::milliseconds(4));
  meters.answered("submitjob", 201, std::chrono::milliseconds(4));
  meters.answered("submitjob", 503, std::chrono::milliseconds(4));
  auto samples = Exposition(meters.text({})).samples;
  EXPECT_EQ(samples.at(R"(dray_scheduler_cycle_seconds_bucket{le="0.0025"})"), 0);
  EXPECT_EQ(samples.at(R"(dray_scheduler_cycle_seconds_bucket{le="0.005"})"), 1);
  EXPECT_EQ(samples.at("dray_db_transaction_seconds_count"), 1);
  const std::string count = "dray_http_request_duration_seconds_count";
  EXPECT_EQ(samples.at(count + R"({code_class="2xx",operation="submitjob"})"), 2);
  EXPECT_EQ(samples.at(count + R"({code_class="5xx",operation="submitjob"})"), 1);
}

TEST(Meters, KeepTheFormatWhateverAQueueIsCalled) {
  Meters meters("9.9", "");
  meters.submitted("a\"b\\c\nd", 1);
  EXPECT_EQ(Exposition(meters.text({})).types.at("dray_jobs_submitted_total"), "counter");
}

}  // namespace
}  // namespace dray
