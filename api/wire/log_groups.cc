#include "api/wire/log_groups.h"

#include <algorithm>
#include <array>

#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "api/wire/paging.h"

namespace dray::wire {
namespace {

constexpr std::size_t kLogNameMax = 512;
constexpr std::int32_t kLogGroupsMax = 50;
constexpr std::size_t kPutEventsMax = 10'000;
constexpr std::size_t kPutBytesMax = 1'048'576;
constexpr std::size_t kPutEventOverhead = 26;
constexpr std::int64_t kPutSpanMsMax = 24LL * 3'600'000;
/// Days that a retention may have (AWS).
constexpr std::array<std::int32_t, 22> kRetentions{1,    3,    5,    7,    14,   30,  60,  90,
                                                   120,  150,  180,  365,  400,  545, 731, 1096,
                                                   1827, 2192, 2557, 2922, 3288, 3653};

void refuse_pattern(const JsonObject& request, std::string_view member, std::string_view value,
                    std::string_view pattern) {
  request.refuse_it("1 validation error detected: Value '" + std::string(value) + "' at '" +
                    std::string(member) +
                    "' failed to satisfy constraint: Member must satisfy regular expression "
                    "pattern: " +
                    std::string(pattern));
}

void check_length(const JsonObject& request, std::string_view member, std::string_view value) {
  if (value.size() > kLogNameMax) {
    request.refuse_it("1 validation error detected: Value at '" + std::string(member) +
                      "' failed to satisfy constraint: Member must have length less than or equal "
                      "to 512");
  }
}

std::string read_group_name(const JsonObject& request) {
  std::string name = request.required_text("logGroupName");
  const bool is_right = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_/#").find(c) != std::string_view::npos;
  });
  if (!is_right) {
    refuse_pattern(request, "logGroupName", name, "[\\.\\-_/#A-Za-z0-9]+");
  }
  check_length(request, "logGroupName", name);
  return name;
}

LogStreamName read_stream_name(const JsonObject& request) {
  LogStreamName name{read_group_name(request), request.required_text("logStreamName")};
  if (name.stream.find_first_of(":*") != std::string::npos) {
    refuse_pattern(request, "logStreamName", name.stream, "[^:*]*");
  }
  check_length(request, "logStreamName", name.stream);
  return name;
}

/// The group a tag call names: by name in the older calls, by ARN in the newer ones.
std::string read_tagged_group(const JsonObject& request) {
  return request.has("resourceArn") ? log_group_name(request.required_text("resourceArn"))
                                    : read_group_name(request);
}

Tags read_log_tags(const JsonObject& request) {
  Tags tags = request.text_map("tags");
  for (const auto& [key, value] : tags) {
    if (key.empty() || key.size() > 128 || value.size() > 256) {
      request.refuse_it("A tag's key has 1 to 128 characters, its value at most 256: " + key);
    }
  }
  return tags;
}

/// Reads a body with `read`; a change when nothing was refused.
template <class T, class Read>
Result<T> decode_with(std::string_view body, Read read) {
  Result<JsonDocument> document = JsonDocument::parse(body);
  if (!document) {
    return tl::unexpected(document.error());
  }
  T value = read(document->root());
  if (document->refusal()) {
    return tl::unexpected(*document->refusal());
  }
  return value;
}

template <class Read>
Result<LogGroupChange> decode_change(std::string_view body, Read read) {
  return decode_with<LogGroupChange>(
      body, [&](const JsonObject& request) { return LogGroupChange(read(request)); });
}

void write_log_group(JsonWriter& out, const ArnScope& scope, const LogGroup& group) {
  out.begin_object();
  out.text("logGroupName", group.name);
  out.number("creationTime", group.created_at.epoch_ms);
  if (group.retention_days) {
    out.number("retentionInDays", *group.retention_days);
  }
  out.number("metricFilterCount", std::int64_t{0});
  out.text("arn", log_group_arn(scope, group.name) + ":*");
  out.number("storedBytes", static_cast<std::int64_t>(group.stored_bytes));
  out.text("logGroupClass", "STANDARD");
  out.text("logGroupArn", log_group_arn(scope, group.name));
  out.end_object();
}

std::vector<PutLogEvent> read_put_events(const JsonObject& request) {
  const std::vector<JsonObject> given = request.objects("logEvents");
  if (given.empty() || given.size() > kPutEventsMax) {
    request.refuse_it(
        "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member "
        "must have length between 1 and 10000");
    return {};
  }
  std::vector<PutLogEvent> events;
  std::size_t bytes = 0;
  for (const JsonObject& one : given) {
    const std::optional<std::int64_t> at = one.long_integer("timestamp");
    if (!at || *at < 0) {
      one.refuse_it("Member timestamp is required and must not be negative");
    }
    events.push_back({WallTime{at.value_or(0)}, one.required_text("message")});
    bytes += events.back().message.size() + kPutEventOverhead;
    if (events.size() > 1 && events.back().at < events[events.size() - 2].at) {
      one.refuse_it("Log events in a single PutLogEvents request must be in chronological order.");
    }
  }
  if (bytes > kPutBytesMax) {
    request.refuse_it("Upload too large: " + std::to_string(bytes) +
                      " bytes exceeds limit of 1048576");
  }
  if (events.back().at.epoch_ms - events.front().at.epoch_ms > kPutSpanMsMax) {
    request.refuse_it(
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
  return events;
}

}  // namespace

// ---- changes ------------------------------------------------------------------------------------

Result<LogGroupChange> decode_create_log_group(std::string_view body) {
  return decode_change(body, [](const JsonObject& request) {
    return LogGroupAdded{read_group_name(request), read_log_tags(request)};
  });
}

Result<LogGroupChange> decode_delete_log_group(std::string_view body) {
  return decode_change(
      body, [](const JsonObject& request) { return LogGroupGone{read_group_name(request)}; });
}

Result<LogGroupChange> decode_create_log_stream(std::string_view body) {
  return decode_change(
      body, [](const JsonObject& request) { return LogStreamAdded{read_stream_name(request)}; });
}

Result<LogGroupChange> decode_delete_log_stream(std::string_view body) {
  return decode_change(
      body, [](const JsonObject& request) { return LogStreamGone{read_stream_name(request)}; });
}

Result<LogGroupChange> decode_put_retention_policy(std::string_view body) {
  return decode_change(body, [](const JsonObject& request) {
    LogRetentionSet set{read_group_name(request), request.integer("retentionInDays")};
    const auto found = std::find(kRetentions.begin(), kRetentions.end(), set.days.value_or(0));
    if (found == kRetentions.end()) {
      std::string days;
      for (const std::int32_t one : kRetentions) {
        days += (days.empty() ? "" : ", ") + std::to_string(one);
      }
      request.refuse_it(
          "1 validation error detected: Value '" + std::to_string(set.days.value_or(0)) +
          "' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value "
          "set: [" +
          days + "]");
    }
    return set;
  });
}

Result<LogGroupChange> decode_delete_retention_policy(std::string_view body) {
  return decode_change(body, [](const JsonObject& request) {
    return LogRetentionSet{read_group_name(request), std::nullopt};
  });
}

Result<LogGroupChange> decode_tag_log_group(std::string_view body) {
  return decode_change(body, [](const JsonObject& request) {
    if (request.is_empty("tags")) {
      request.refuse_it("Member tags is required");
    }
    return LogGroupTagged{read_tagged_group(request), read_log_tags(request), {}};
  });
}

Result<LogGroupChange> decode_untag_log_group(std::string_view body) {
  return decode_change(body, [](const JsonObject& request) {
    const std::string_view member = request.has("resourceArn") ? "tagKeys" : "tags";
    if (request.is_empty(member)) {
      request.refuse_it("Member " + std::string(member) + " is required");
    }
    return LogGroupTagged{read_tagged_group(request), {}, request.texts(member)};
  });
}

// ---- groups -------------------------------------------------------------------------------------

Result<LogGroupsAsked> decode_describe_log_groups(std::string_view body) {
  return decode_with<LogGroupsAsked>(body, [](const JsonObject& request) {
    LogGroupsAsked asked;
    asked.query = {request.text("logGroupNamePrefix"), request.text("logGroupNamePattern")};
    if (!asked.query.prefix.empty() && !asked.query.pattern.empty()) {
      request.refuse_it(
          "LogGroup name prefix and LogGroup name pattern are mutually exclusive "
          "parameters.");
    }
    asked.page.results_max = request.integer("limit").value_or(kLogGroupsMax);
    if (asked.page.results_max < 1 || asked.page.results_max > kLogGroupsMax) {
      request.refuse_it("limit must be between 1 and 50");
    }
    Result<std::string> after = decode_token(request.text("nextToken"));
    if (!after) {
      request.refuse_it("The specified nextToken is invalid.");
    } else {
      asked.page.after = std::move(*after);
    }
    return asked;
  });
}

std::string encode_log_groups(const ArnScope& scope, const PageOf<LogGroup>& page) {
  JsonWriter out;
  out.begin_object().name("logGroups").begin_list();
  for (const LogGroup& group : page.items) {
    write_log_group(out, scope, group);
  }
  out.end_list();
  if (!page.next.empty()) {
    out.text("nextToken", encode_token(page.next));
  }
  out.end_object();
  return out.take();
}

Result<std::string> decode_list_log_tags(std::string_view body) {
  return decode_with<std::string>(body, read_tagged_group);
}

std::string encode_log_tags(const LogGroup& group) {
  JsonWriter out;
  out.begin_object().text_map("tags", group.tags).end_object();
  return out.take();
}

// ---- events -------------------------------------------------------------------------------------

Result<LogEventsPut> decode_put_log_events(std::string_view body) {
  return decode_with<LogEventsPut>(body, [](const JsonObject& request) {
    return LogEventsPut{read_stream_name(request), read_put_events(request)};
  });
}

std::string encode_put_outcome(const PutLogOutcome& outcome) {
  JsonWriter out;
  // AWS: any text, not asked for any more.
  out.begin_object().text("nextSequenceToken", "1");
  if (outcome.too_old_end > 0 || outcome.too_new_start || outcome.expired_end > 0) {
    out.name("rejectedLogEventsInfo").begin_object();
    if (outcome.too_new_start) {
      out.number("tooNewLogEventStartIndex", static_cast<std::int64_t>(*outcome.too_new_start));
    }
    if (outcome.too_old_end > 0) {
      out.number("tooOldLogEventEndIndex", static_cast<std::int64_t>(outcome.too_old_end));
    }
    if (outcome.expired_end > 0) {
      out.number("expiredLogEventEndIndex", static_cast<std::int64_t>(outcome.expired_end));
    }
    out.end_object();
  }
  out.end_object();
  return out.take();
}

}  // namespace dray::wire
