#include "model/job_definition.h"

namespace dray {

bool ContainerSpec::is_native() const {
  return image == "native" || image.starts_with("native:");
}

}  // namespace dray
