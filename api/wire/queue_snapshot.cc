#include "api/wire/queue_snapshot.h"

#include "api/wire/json_writer.h"
#include "api/wire/request_members.h"

namespace dray::wire {
namespace {

void write_front_of_queue(JsonWriter& out, const ArnScope& scope, const QueueSnapshot& snapshot) {
  out.name("frontOfQueue").begin_object().name("jobs").begin_list();
  for (const FrontJob& one : snapshot.front) {
    out.begin_object();
    out.text("jobArn", job_arn(scope, one.job.uuid, one.job.child));
    out.number("earliestTimeAtPosition", one.since.epoch_ms).end_object();
  }
  out.end_list().number("lastUpdatedAt", snapshot.at.epoch_ms).end_object();
}

void write_shares(JsonWriter& out, const SharesUse& use) {
  out.name("fairshareUtilization").begin_object();
  out.number("activeShareCount", use.active);
  out.name("topCapacityUtilization").begin_list();
  for (const SharesUse::Share& share : use.shares) {
    out.begin_object().text("shareIdentifier", share.identifier);
    out.name("capacityUsage").begin_list().begin_object();
    out.text("capacityUnit", "vCPU").json("quantity", decimal_of(share.milli_vcpus));
    out.end_object().end_list().end_object();
  }
  out.end_list().end_object();
}

void write_queue_use(JsonWriter& out, const QueueSnapshot& snapshot) {
  out.name("queueUtilization").begin_object();
  out.name("totalCapacityUsage").begin_list().begin_object();
  out.text("capacityUnit", "vCPU").json("quantity", decimal_of(snapshot.milli_vcpus_used));
  out.end_object().end_list();
  if (snapshot.shares) {
    write_shares(out, *snapshot.shares);
  }
  out.number("lastUpdatedAt", snapshot.at.epoch_ms).end_object();
}

}  // namespace

std::string encode_queue_snapshot(const ArnScope& scope, const QueueSnapshot& snapshot) {
  JsonWriter out;
  out.begin_object();
  write_front_of_queue(out, scope, snapshot);
  write_queue_use(out, snapshot);
  out.end_object();
  return out.take();
}

}  // namespace dray::wire
