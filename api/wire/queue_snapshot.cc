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

namespace {

std::string_view name_of(Dominant resource) {
  switch (resource) {
    case Dominant::Vcpus:
      return "vcpus";
    case Dominant::Memory:
      return "memoryMiB";
    case Dominant::Gpus:
      return "gpus";
  }
  return "";
}

void write_amounts(JsonWriter& out, std::string_view name, std::int64_t milli_vcpus,
                   std::int64_t memory_mib, std::int64_t milli_gpus) {
  out.name(name).begin_object();
  out.json("vcpus", decimal_of(milli_vcpus)).number("memoryMiB", memory_mib);
  out.json("gpus", decimal_of(milli_gpus)).end_object();
}

void write_resources(JsonWriter& out, std::string_view name, const Resources& amounts) {
  write_amounts(out, name, amounts.milli_vcpus, amounts.memory_mib, amounts.gpus * 1'000);
}

/// Six decimals, all of them written.
std::string decimal_of_millionths(std::int64_t millionths) {
  constexpr std::int64_t kOne = 1'000'000;
  return std::to_string(millionths / kOne) + '.' +
         std::to_string(kOne + millionths % kOne).substr(1);
}

void write_standing(JsonWriter& out, const ShareStanding& share, bool has_capacity) {
  out.begin_object().text("shareIdentifier", share.identifier);
  out.json("weightFactor", decimal_of_millionths(std::int64_t{share.weight} * 100));
  out.number("jobs", share.jobs);
  out.number("waiting", static_cast<std::int64_t>(share.waiting));
  out.number("running", static_cast<std::int64_t>(share.running));
  write_resources(out, "now", share.held);
  write_amounts(out, "average", share.average.milli_vcpus, share.average.memory_mib,
                share.average.milli_gpus);
  if (has_capacity) {
    out.text("dominant", name_of(share.dominant));
    out.json("weightedUse", decimal_of_millionths(share.weighted_millionths));
  }
  out.end_object();
}

}  // namespace

std::string encode_dray_snapshot(std::string_view queue, const QueueSnapshot& snapshot) {
  JsonWriter out;
  out.begin_object().text("queue", queue).number("at", snapshot.at.epoch_ms);
  out.name("front").begin_list();
  for (const FrontJob& one : snapshot.front) {
    out.begin_object().text("jobId", job_id(one.job)).text("name", one.name);
    out.text_if_any("shareIdentifier", one.share);
    out.number("createdAt", one.since.epoch_ms).end_object();
  }
  out.end_list();
  if (const std::optional<SharesStanding>& standing = snapshot.standing) {
    out.name("fairShare").begin_object();
    out.number("halfLifeSeconds", standing->half_life_seconds);
    out.number("computeReservation", standing->compute_reservation);
    out.number("activeShares", standing->active);
    write_resources(out, "capacity", standing->capacity);
    out.name("shares").begin_list();
    for (const ShareStanding& share : standing->shares) {
      write_standing(out, share, standing->capacity != Resources{});
    }
    out.end_list().number("sharesLeftOut", static_cast<std::int64_t>(standing->left_out));
    out.end_object();
  }
  out.end_object();
  return out.take();
}

}  // namespace dray::wire
