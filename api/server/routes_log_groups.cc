#include <algorithm>
#include <array>
#include <utility>

#include "api/server/routes.h"
#include "api/wire/log_groups.h"

/// CloudWatch Logs: what clients make.
namespace dray::server {
namespace {

/// An operation that changes something and answers nothing.
template <Result<LogGroupChange> (*decode)(std::string_view)>
Result<std::string> change_log_groups(const Call& call) {
  Result<LogGroupChange> change = decode(call.body);
  if (!change) {
    return tl::unexpected(change.error());
  }
  return call.backend.change_log_groups(std::move(*change)).map([] { return std::string("{}"); });
}

Result<std::string> describe_log_groups(const Call& call) {
  const Result<wire::LogGroupsAsked> asked = wire::decode_describe_log_groups(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  return call.backend.log_groups(asked->query, asked->page).map([&](const PageOf<LogGroup>& page) {
    return wire::encode_log_groups(call.scope, page);
  });
}

Result<std::string> list_log_tags(const Call& call) {
  const Result<std::string> group = wire::decode_list_log_tags(call.body);
  if (!group) {
    return tl::unexpected(group.error());
  }
  return call.backend.log_group(*group).map(wire::encode_log_tags);
}

Result<std::string> put_log_events(const Call& call) {
  Result<wire::LogEventsPut> put = wire::decode_put_log_events(call.body);
  if (!put) {
    return tl::unexpected(put.error());
  }
  return call.backend.put_log_events(std::move(put->stream), std::move(put->events))
      .map(wire::encode_put_outcome);
}

constexpr std::array<std::pair<std::string_view, Operation>, 14> kGroupOperations{{
    {"CreateLogGroup", change_log_groups<wire::decode_create_log_group>},
    {"CreateLogStream", change_log_groups<wire::decode_create_log_stream>},
    {"DeleteLogGroup", change_log_groups<wire::decode_delete_log_group>},
    {"DeleteLogStream", change_log_groups<wire::decode_delete_log_stream>},
    {"DeleteRetentionPolicy", change_log_groups<wire::decode_delete_retention_policy>},
    {"DescribeLogGroups", describe_log_groups},
    {"ListTagsForResource", list_log_tags},
    {"ListTagsLogGroup", list_log_tags},
    {"PutLogEvents", put_log_events},
    {"PutRetentionPolicy", change_log_groups<wire::decode_put_retention_policy>},
    {"TagLogGroup", change_log_groups<wire::decode_tag_log_group>},
    {"TagResource", change_log_groups<wire::decode_tag_log_group>},
    {"UntagLogGroup", change_log_groups<wire::decode_untag_log_group>},
    {"UntagResource", change_log_groups<wire::decode_untag_log_group>},
}};

}  // namespace

Operation log_groups_operation(std::string_view name) {
  const auto found = std::find_if(kGroupOperations.begin(), kGroupOperations.end(),
                                  [name](const auto& one) { return one.first == name; });
  return found == kGroupOperations.end() ? nullptr : found->second;
}

}  // namespace dray::server
