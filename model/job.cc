#include "model/job.h"

namespace dray {

const ContainerSpec& JobSpec::container_of(std::int32_t child) const {
  for (const NodeRange& range : nodes) {
    if (child >= range.first && child <= range.last) {
      return range.container;
    }
  }
  return container;
}

}  // namespace dray
