#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "api/wire/arn.h"
#include "model/error.h"
#include "model/job_definition.h"
#include "model/queries.h"

/// Job definitions as AWS Batch writes them (contract 2.3).
namespace dray::wire {

/// Of every kind.
Result<JobDefinition> decode_register_definition(std::string_view body);
/// name:revision; a revision is required.
Result<DefinitionName> decode_deregister_definition(std::string_view body);

struct DefinitionsAsked {
  DefinitionQuery query;
  Page page;
  /// Names were given, but none that could exist: the answer is empty.
  bool is_none = false;
};
Result<DefinitionsAsked> decode_describe_definitions(std::string_view body);

std::string encode_registered(const ArnScope& scope, std::string_view name, std::int32_t revision);
std::string encode_definitions(const ArnScope& scope, const PageOf<JobDefinition>& page);

}  // namespace dray::wire
