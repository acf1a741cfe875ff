#include "api/wire/dray_usage.h"

#include "api/wire/json_writer.h"
#include "api/wire/request_members.h"

namespace dray::wire {

std::string encode_usage(const DefinitionUsage& usage) {
  const UsageAdvice& advice = usage.advice;
  JsonWriter out;
  out.begin_object();
  out.text("jobDefinitionName", usage.name);
  if (usage.revision > 0) {
    out.number("revision", usage.revision);
  }
  out.number("jobs", usage.jobs).number("attempts", advice.attempts);
  out.number("outOfMemory", advice.out_of_memory);
  out.name("requested").begin_object();
  out.json("vcpus", decimal_of(usage.requested.milli_vcpus));
  out.number("memoryMiB", usage.requested.memory_mib).end_object();
  if (advice.memory_mib) {
    out.name("memoryMiB").begin_object();
    out.number("median", advice.memory_mib->median).number("p95", advice.memory_mib->p95);
    out.number("max", advice.memory_mib->most).end_object();
  }
  if (advice.milli_vcpus) {
    out.name("vcpus").begin_object();
    out.json("median", decimal_of(advice.milli_vcpus->median));
    out.json("p95", decimal_of(advice.milli_vcpus->p95));
    out.json("max", decimal_of(advice.milli_vcpus->most)).end_object();
  }
  out.name("suggested").begin_object();
  if (advice.suggested_milli_vcpus) {
    out.json("vcpus", decimal_of(*advice.suggested_milli_vcpus));
  }
  out.number("memoryMiB", advice.suggested_memory_mib).end_object();
  out.end_object();
  return out.take();
}

}  // namespace dray::wire
