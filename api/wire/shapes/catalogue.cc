#include <algorithm>

#include "api/wire/shapes/shape.h"
#include "api/wire/shapes/shape_text.h"
#include "api/wire/shapes/texts.h"
#include "model/check.h"

namespace dray::wire {
namespace {

ShapeReader read_all() {
  ShapeReader reader;
  for (const std::string_view text :
       {kJobsShapes, kDefinitionsShapes, kQueuesShapes, kEnvironmentsShapes, kPoliciesShapes,
        kConsumablesShapes, kTagsShapes, kServiceJobsShapes, kQuotaSharesShapes}) {
    reader.read(text);
  }
  reader.check_complete();
  return reader;
}

const ShapeReader& all_shapes() {
  static const ShapeReader reader = read_all();
  return reader;
}

}  // namespace

std::span<const OperationShape> operation_shapes() {
  return all_shapes().operations();
}

const OperationShape& operation_shape(std::string_view name) {
  const auto all = operation_shapes();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [name](const OperationShape& one) { return one.name == name; });
  CHECK(found != all.end());
  return *found;
}

}  // namespace dray::wire
