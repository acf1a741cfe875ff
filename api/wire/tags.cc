#include "api/wire/tags.h"

#include <algorithm>
#include <cstddef>

#include "api/wire/json_writer.h"
#include "api/wire/request_members.h"

namespace dray::wire {
namespace {

/// Characters, not bytes, of a text that is valid UTF-8.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

Tags read_tags(const JsonObject& request) {
  Tags tags = request.text_map("tags");
  if (tags.size() > kTagsMax) {
    request.refuse_it("A resource can have at most 50 tags");
  }
  for (const auto& [key, value] : tags) {
    if (key.empty() || characters(key) > 128) {
      request.refuse_it("A tag key must have 1 to 128 characters");
    }
    if (characters(value) > 256) {
      request.refuse_it("A tag value must have at most 256 characters");
    }
    if (key.starts_with("aws:")) {
      request.refuse_it("A tag key must not begin with aws:");
    }
  }
  return tags;
}

Result<TagChange> decode_tag_resource(std::string_view body) {
  return decode_request<TagChange>("TagResource", body, [](const JsonObject& request) {
    return TagChange{read_tags(request), {}};
  });
}

Result<TagChange> decode_untag_resource(std::vector<std::string> keys) {
  if (keys.empty() || keys.size() > kTagsMax) {
    return refuse(ErrorCode::BadRequest, "tagKeys must have 1 to 50 keys");
  }
  return TagChange{{}, std::move(keys)};
}

std::string encode_tags(const Tags& tags) {
  JsonWriter out;
  out.begin_object().text_map("tags", tags).end_object();
  return out.take();
}

}  // namespace dray::wire
