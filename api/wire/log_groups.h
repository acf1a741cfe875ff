#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/arn.h"
#include "model/error.h"
#include "model/log_group.h"
#include "model/queries.h"

/// CloudWatch Logs, the making part: groups, streams, events, retention, tags. Refusals are
/// BadRequest with AWS's text.
namespace dray::wire {

/// Each reads the body of the operation that its name says.
Result<LogGroupChange> decode_create_log_group(std::string_view body);
Result<LogGroupChange> decode_delete_log_group(std::string_view body);
Result<LogGroupChange> decode_create_log_stream(std::string_view body);
Result<LogGroupChange> decode_delete_log_stream(std::string_view body);
Result<LogGroupChange> decode_put_retention_policy(std::string_view body);
Result<LogGroupChange> decode_delete_retention_policy(std::string_view body);
Result<LogGroupChange> decode_tag_log_group(std::string_view body);    ///< TagResource, TagLogGroup
Result<LogGroupChange> decode_untag_log_group(std::string_view body);  ///< UntagResource, ...

struct LogGroupsAsked {
  LogGroupQuery query;
  Page page;
};
Result<LogGroupsAsked> decode_describe_log_groups(std::string_view body);
std::string encode_log_groups(const ArnScope& scope, const PageOf<LogGroup>& page);

/// ListTagsForResource, ListTagsLogGroup: the group's name.
Result<std::string> decode_list_log_tags(std::string_view body);
std::string encode_log_tags(const LogGroup& group);

struct LogEventsPut {
  LogStreamName stream;
  std::vector<PutLogEvent> events;  ///< By time, within a day, at most 10,000 and 1 MiB.
};
Result<LogEventsPut> decode_put_log_events(std::string_view body);
std::string encode_put_outcome(const PutLogOutcome& outcome);

}  // namespace dray::wire
