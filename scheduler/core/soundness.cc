#include "scheduler/core/soundness.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace dray {
namespace {

constexpr std::int32_t kArraySizeMax = 10'000'000;
/// Beyond what any machine has, so that sums stay within their type.
constexpr std::int64_t kResourceMax = 1'000'000'000'000;
/// The attempts of a child are counted in one byte.
constexpr AttemptNumber kAttemptMax = 255;

using Problem = std::optional<std::string>;

Problem unless(bool holds, std::string sentence) {
  return holds ? std::nullopt : Problem(std::move(sentence));
}

bool is_within(std::int64_t part) {
  return part >= 0 && part <= kResourceMax;
}

bool is_possible(const Resources& resources) {
  return is_within(resources.milli_vcpus) && is_within(resources.memory_mib) &&
         is_within(resources.gpus);
}

/// Nodes follow each other from 0 on, and what everything asks for is within what can be.
bool are_possible(const JobSpec& spec) {
  std::int32_t next = 0;
  for (const NodeRange& range : spec.nodes) {
    if (range.first != next || range.last < range.first || range.last >= kArraySizeMax ||
        !is_possible(range.container.request)) {
      return false;
    }
    next = range.last + 1;
  }
  const bool is_main_there = spec.nodes.empty() || (spec.main_node >= 0 && spec.main_node < next);
  return is_main_there && is_possible(spec.container.request);
}

std::string text(JobId job) {
  return "job " + std::to_string(job.value);
}

}  // namespace

Problem Soundness::problem_with(const Change& change) {
  if (const auto* put = std::get_if<AgentPut>(&change)) {
    return look_at(put->agent);
  }
  if (const auto* granted = std::get_if<SessionGranted>(&change)) {
    return look_at(*granted);
  }
  if (const auto* added = std::get_if<JobAdded>(&change)) {
    return look_at(added->job);
  }
  if (const auto* ended = std::get_if<ChildrenEnded>(&change)) {
    return look_at(*ended);
  }
  if (const auto* used = std::get_if<ShareUsed>(&change)) {
    return look_at(*used);
  }
  if (const auto* attempt = std::get_if<AttemptPut>(&change)) {
    return look_at(attempt->attempt);
  }
  return std::nullopt;
}

Problem Soundness::look_at(const Agent& agent) {
  agents_[agent.id] = {agent.capacity, {}};
  last_session_ = std::max(last_session_, agent.session);
  return unless(!agent.id.is_none() && !agent.name.empty() && is_possible(agent.capacity),
                "agent " + std::to_string(agent.id.value) + " cannot be");
}

Problem Soundness::look_at(const SessionGranted& granted) {
  return unless(last_session_ <= granted.session, "an agent has a session that was never granted");
}

Problem Soundness::look_at(const ShareUsed& used) {
  return unless(used.use.vcpus >= 0 && used.use.memory >= 0 && used.use.gpus >= 0,
                "share " + used.share.identifier + " has used less than nothing");
}

Problem Soundness::look_at(const Job& job) {
  const bool is_told_twice = job.id <= job_;
  job_ = job.id;
  size_ = job.spec->child_count();
  has_ended_ = is_terminal(job.state);
  spec_ = job.spec;
  growing_ = {};
  living_.reset();
  return unless(!is_told_twice && size_ >= 0 && size_ <= kArraySizeMax && are_possible(*spec_) &&
                    has_ended_ == job.stopped_at.has_value(),
                text(job_) + " cannot be");
}

Problem Soundness::look_at(const ChildrenEnded& ended) {
  return unless(ended.job == job_ && ended.first >= 0 && ended.first <= ended.last &&
                    ended.last < size_ && is_terminal(ended.state),
                text(ended.job) + " has ended children that it cannot have");
}

Problem Soundness::look_at(const Attempt& attempt) {
  const AttemptKey& key = attempt.key;
  const std::int32_t child = key.job.child;
  const bool is_there = size_ > 0 ? child >= 0 && child < size_ : child == kNoChild;
  if (key.job.job != job_ || !is_there) {
    return text(key.job.job) + " has an attempt of a child that it has not";
  }
  if (key.number < 1 || key.number > kAttemptMax) {
    return text(job_) + " has an attempt with a number that cannot be";
  }
  if (living_ == key.job) {
    return text(job_) + " went on while an attempt lived";
  }
  if (growing_ != key.job) {
    growing_ = key.job;
    memory_mib_ = spec_->container_of(child).request.memory_mib;
  }
  const bool lives = attempt.state != AttemptState::Ended;
  if (lives == attempt.end.has_value() || lives == attempt.stopped_at.has_value()) {
    return text(job_) + " has an attempt that has ended by half";
  }
  if (!lives) {
    memory_mib_ = memory_after(*spec_, memory_mib_, attempt);
    return std::nullopt;
  }
  living_ = key.job;
  return look_at_place(attempt);
}

Problem Soundness::look_at_place(const Attempt& attempt) {
  const auto room = agents_.find(attempt.agent);
  if (has_ended_) {
    return text(job_) + " has ended, and an attempt of it lives";
  }
  if (room == agents_.end()) {
    return text(job_) + " has an attempt on an agent that does not exist";
  }
  if (attempt.state == AttemptState::Ahead) {
    return std::nullopt;
  }
  Resources request = spec_->container_of(attempt.key.job.child).request;
  request.memory_mib = memory_mib_;
  room->second.reserved += request;
  return unless(
      room->second.reserved.fits_in(room->second.capacity),
      "more runs on agent " + std::to_string(attempt.agent.value) + " than it has room for");
}

}  // namespace dray
