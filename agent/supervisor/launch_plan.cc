#include "agent/supervisor/launch_plan.h"

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
  out.u8(plan.engine ? 1 : 0);
  if (plan.engine) {
    write_watch(out, *plan.engine);
  }
}

LaunchPlan read_plan(ByteReader& in) {
  LaunchPlan plan;
  plan.refusal = in.string();
  plan.program = in.string();
  plan.arguments = read_list(in);
  plan.environment = read_list(in);
  plan.user = in.u32();
  plan.group = in.u32();
  if (in.u8() != 0) {
    plan.engine = read_watch(in);
  }
  return plan;
}

}  // namespace dray::supervisor
