#pragma once
#include <string>
#include <string_view>

#include "api/wire/json_reader.h"
#include "model/job_definition.h"

namespace dray::wire {

/// The `tags` of a request. AWS: at most 50; key 1-128, value at most 256 characters, no "aws:" in
/// front.
Tags read_tags(const JsonObject& request);
/// ListTagsForResource's answer.
std::string encode_tags(const Tags& tags);

}  // namespace dray::wire
