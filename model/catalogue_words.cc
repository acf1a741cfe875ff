#include "model/catalogue_words.h"

namespace dray {

std::string word_of(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::Queue:
      return "JobQueue";
    case ResourceKind::Environment:
      return "ComputeEnvironment";
    case ResourceKind::Definition:
      return "JobDefinition";
    case ResourceKind::Job:
      return "Job";
    case ResourceKind::SchedulingPolicy:
      return "SchedulingPolicy";
    case ResourceKind::ConsumableResource:
      return "ConsumableResource";
    case ResourceKind::ServiceEnvironment:
      return "ServiceEnvironment";
    case ResourceKind::QuotaShare:
      return "QuotaShare";
  }
  return "";
}

std::string missing(const EntryKey& key) {
  return word_of(key.kind) + ' ' + key.name + " does not exist";
}

}  // namespace dray
