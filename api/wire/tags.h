#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/json_reader.h"
#include "model/error.h"
#include "model/job_definition.h"
#include "model/resource_name.h"

namespace dray::wire {

/// The `tags` of a request. AWS: at most 50; key 1-128, value at most 256 characters, no "aws:" in
/// front.
Tags read_tags(const JsonObject& request);
/// TagResource's request.
Result<TagChange> decode_tag_resource(std::string_view body);
/// UntagResource's keys, percent-decoded (AWS: 1 to 50).
Result<TagChange> decode_untag_resource(std::vector<std::string> keys);
/// ListTagsForResource's answer.
std::string encode_tags(const Tags& tags);

}  // namespace dray::wire
