#include "api/wire/shapes/texts.h"

/// Tags: requests and answers of AWS Batch, in the language of shape_text.h.
namespace dray::wire {

extern const std::string_view kTagsShapes = R"(
ListTagsForResource GET /v1/tags/{resourceArn}
  in { resourceArn!@path: str }
  out { tags: {str<1..128>: str<..256>}<..50> }

TagResource POST /v1/tags/{resourceArn}
  in { resourceArn!@path: str; tags!: {str<1..128>: str<..256>}<..50> }
  out {}

UntagResource DELETE /v1/tags/{resourceArn}
  in { resourceArn!@path: str; tagKeys!@query: [str<1..128>]<1..50> }
  out {}
)";

}  // namespace dray::wire
