#include "agent/supervisor/launch_plan.h"

#include "model/pod_bytes.h"

namespace dray::supervisor {
namespace {

void write_list(ByteWriter& out, const std::vector<std::string>& list) {
  out.varint(list.size());
  for (const std::string& item : list) {
    out.string(item);
  }
}

std::vector<std::string> read_list(ByteReader& in) {
  std::vector<std::string> list;
  for (std::size_t left = in.count(); left > 0; --left) {
    list.push_back(in.string());
  }
  return list;
}

/// Bits of a byte: what follows.
constexpr unsigned kWithEngine = 1;
constexpr unsigned kWithPod = 2;

void write_member(ByteWriter& out, const pod::Member& member) {
  out.string(member.name);
  out.u8(static_cast<std::uint8_t>(member.role));
  write_dependencies(out, member.depends_on);
  out.zigzag(member.start_timeout ? member.start_timeout->count() : -1);
  out.zigzag(member.stop_timeout.count());
}

pod::Member read_member(ByteReader& in, std::size_t count) {
  pod::Member member;
  member.name = in.string();
  member.role = in.one_of(ContainerRole::Member);
  member.depends_on = read_dependencies(in, count);
  if (const std::int64_t timeout = in.zigzag(); timeout >= 0) {
    member.start_timeout = Duration(timeout);
  }
  member.stop_timeout = Duration(in.zigzag());
  return member;
}

LaunchPlan read_plan_without_pod(ByteReader& in, unsigned& parts) {
  LaunchPlan plan;
  plan.refusal = in.string();
  plan.program = in.string();
  plan.arguments = read_list(in);
  plan.environment = read_list(in);
  plan.user = in.u32();
  plan.group = in.u32();
  parts = in.u8();
  if ((parts & kWithEngine) != 0) {
    plan.engine = read_watch(in);
  }
  return plan;
}

}  // namespace

LaunchPlan refused_plan(std::string reason) {
  LaunchPlan plan;
  plan.refusal = std::move(reason);
  return plan;
}

void write_plan(ByteWriter& out, const LaunchPlan& plan) {
  out.string(plan.refusal);
  out.string(plan.program);
  write_list(out, plan.arguments);
  write_list(out, plan.environment);
  out.u32(plan.user);
  out.u32(plan.group);
  out.u8(static_cast<std::uint8_t>((plan.engine ? kWithEngine : 0U) |
                                   (plan.programs.empty() ? 0U : kWithPod)));
  if (plan.engine) {
    write_watch(out, *plan.engine);
  }
  if (!plan.programs.empty()) {
    out.varint(plan.programs.size());
    for (std::size_t at = 0; at < plan.programs.size(); ++at) {
      write_member(out, plan.members.at(at));
      write_list(out, plan.programs[at].folders);
      write_plan(out, plan.programs[at]);
    }
  }
}

/// A pod in a pod cannot be.
LaunchPlan read_plan(ByteReader& in) {
  unsigned parts = 0;
  LaunchPlan plan = read_plan_without_pod(in, parts);
  if ((parts & kWithPod) == 0) {
    return plan;
  }
  const std::size_t count = in.count();
  for (std::size_t left = count; left > 0 && in.is_ok(); --left) {
    plan.members.push_back(read_member(in, count));
    std::vector<std::string> folders = read_list(in);
    plan.programs.push_back(read_plan_without_pod(in, parts));
    plan.programs.back().folders = std::move(folders);
    if ((parts & kWithPod) != 0) {
      in.mark_broken();
    }
  }
  return plan;
}

}  // namespace dray::supervisor
