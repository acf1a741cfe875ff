#include "model/resources.h"

#include <algorithm>

#include "model/check.h"

namespace dray {
namespace {

void add(std::int64_t& left, std::int64_t right) {
  const bool overflows = __builtin_add_overflow(left, right, &left);
  CHECK(!overflows);
}

void take(std::int64_t& left, std::int64_t right) {
  CHECK(left >= right);
  left -= right;
}

std::string vcpus_text(std::int64_t milli_vcpus) {
  std::string text = std::to_string(milli_vcpus / 1000);
  if (milli_vcpus % 1000 != 0) {
    std::string part = std::to_string(1000 + milli_vcpus % 1000).substr(1);
    part.erase(part.find_last_not_of('0') + 1);
    text += "." + part;
  }
  return text + (milli_vcpus == 1000 ? " vCPU" : " vCPUs");
}

}  // namespace

bool Resources::fits_in(const Resources& room) const {
  return milli_vcpus <= room.milli_vcpus && memory_mib <= room.memory_mib && gpus <= room.gpus;
}

Resources& Resources::operator+=(const Resources& other) {
  add(milli_vcpus, other.milli_vcpus);
  add(memory_mib, other.memory_mib);
  add(gpus, other.gpus);
  return *this;
}

Resources& Resources::operator-=(const Resources& other) {
  take(milli_vcpus, other.milli_vcpus);
  take(memory_mib, other.memory_mib);
  take(gpus, other.gpus);
  return *this;
}

Resources operator+(Resources left, const Resources& right) {
  return left += right;
}
Resources operator-(Resources left, const Resources& right) {
  return left -= right;
}

Resources shortage(const Resources& request, const Resources& room) {
  return {.milli_vcpus = std::max<std::int64_t>(0, request.milli_vcpus - room.milli_vcpus),
          .memory_mib = std::max<std::int64_t>(0, request.memory_mib - room.memory_mib),
          .gpus = std::max<std::int64_t>(0, request.gpus - room.gpus)};
}

std::string to_string(const Resources& resources) {
  std::string text = vcpus_text(resources.milli_vcpus);
  text += ", " + std::to_string(resources.memory_mib) + " MiB";
  if (resources.gpus > 0) {
    text += ", " + std::to_string(resources.gpus) + (resources.gpus == 1 ? " GPU" : " GPUs");
  }
  return text;
}

}  // namespace dray
