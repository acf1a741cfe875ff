#include "scheduler/core/request_class.h"

namespace dray {

std::size_t ClassKey::node_count() const {
  std::size_t count = 0;
  for (const NodeShape& shape : nodes) {
    count += static_cast<std::size_t>(shape.count);
  }
  return count;
}

Resources ClassKey::together() const {
  if (!is_gang()) {
    return request;
  }
  Resources sum;
  for (const NodeShape& shape : nodes) {
    sum.milli_vcpus += shape.request.milli_vcpus * shape.count;
    sum.memory_mib += shape.request.memory_mib * shape.count;
    sum.gpus += shape.request.gpus * shape.count;
  }
  return sum;
}

}  // namespace dray
