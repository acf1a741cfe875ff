#pragma once
#include <map>
#include <string>
#include <vector>

#include "tests/support/desk.h"

namespace dray {

/// Plays one scenario file, line by line:
///
///   # a comment
///   at 0s     A says hello, 2 vcpus 4096 MiB     -> session 1
///
/// Left of the arrow stands what happens (the words are in story.cc), right of it what the
/// scheduler made of it. `play` gives the same text with the right side as it really is.
class Story {
 public:
  Story();
  std::string play(const std::string& text);

 private:
  using Words = std::vector<std::string>;
  void happen(const std::string& what);
  void submit(const std::vector<std::string>& parts);
  void policy(const std::string& name, const std::vector<std::string>& parts);
  void share(const Words& words, Submission& submission);
  void snapshot(const std::string& queue);
  void limit(const std::vector<std::string>& parts);
  void hello(const std::string& agent, const std::vector<std::string>& parts);
  void act(const std::string& agent, const Words& words);
  void set(const Words& words, const std::vector<std::string>& parts);
  void set_consumable(const std::string& name, const std::vector<std::string>& parts);
  void stop(const Words& words, bool is_terminate);
  /// What DescribeJobs says: state, statusReason, and who asked for its end.
  void show(const std::string& name);
  /// The attempts that DescribeJobs lists: those that have ended.
  void show_attempts(const std::string& name);
  void expire(Duration keep);
  void answer(const Reply& reply);
  /// "J" or "J:3" as a uuid and a child.
  std::pair<Uuid, std::int32_t> job(const std::string& name) const;

  std::string with_names(std::string text) const;
  std::string told();
  void tell(const Decision& decision);
  std::string memory_words(const StartAttempts& order, const JobKey& key) const;
  void tell_order(const Order& order);
  void tell_change(const Change& change);
  bool is_tried_again(const Attempt& attempt) const;
  std::string name(JobId job) const;
  std::string name(const JobKey& key) const;
  std::string name(const AttemptKey& key) const;
  std::string names(const std::vector<AttemptKey>& keys) const;
  std::string agent_name(AgentId id) const;

  Desk desk_;
  Instant start_;
  std::map<std::string, Uuid> jobs_;
  std::vector<std::string> said_;
};

}  // namespace dray
