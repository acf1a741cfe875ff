#pragma once
#include "api/wire/json_reader.h"
#include "api/wire/shapes/shape.h"
#include "model/error.h"

namespace dray::wire {

/// Whether a request's body has the shape: its required members, the types, lengths, ranges and
/// choices. Members in the path or query are not looked at. BadRequest with AWS's words ("1
/// validation error detected: Value at 'x' failed to satisfy constraint: ...") for the first thing
/// that is wrong. Null is absent, unknown members are ignored, and so is an empty text where a
/// choice is not required. In time proportional to the body's size.
Result<void> validate(const JsonDocument& document, const Shape& shape);

/// Takes the members away that the shape does not know (AWS ignores them) and those that are null
/// (absent), so that what is kept of a request is what was understood of it. Of a valid request.
void drop_unknown(JsonDocument& document, const Shape& shape);

}  // namespace dray::wire
