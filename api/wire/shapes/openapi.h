#pragma once
#include <string>
#include <string_view>

namespace dray::wire {

/// All operations of AWS Batch as an OpenAPI 3.1 document, made from their shapes.
std::string encode_openapi(std::string_view version);

}  // namespace dray::wire
