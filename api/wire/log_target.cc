#include "api/wire/log_target.h"

#include "api/wire/arn.h"
#include "api/wire/json_reader.h"

namespace dray::wire {

LogTarget log_target(std::string_view container_as_given) {
  LogTarget target;
  // Most definitions have none: they are not worth parsing for it.
  if (container_as_given.find("\"awslogs-") == std::string_view::npos) {
    return target;
  }
  Result<JsonDocument> document = JsonDocument::parse(container_as_given);
  const auto configuration = document ? document->root().object("logConfiguration") : std::nullopt;
  const auto options = configuration ? configuration->object("options") : std::nullopt;
  if (options && configuration->text("logDriver") == "awslogs") {
    const std::string group = options->text("awslogs-group");
    target.group = group.empty() ? target.group : group;
    target.prefix = options->text("awslogs-stream-prefix");
  }
  return target;
}

std::string log_stream_name(const LogTarget& target, std::string_view definition,
                            std::string_view container, const AttemptKey& attempt) {
  return log_stream_name(target.prefix.empty() ? definition : std::string_view(target.prefix),
                         container, attempt);
}

std::string log_stream_name(const LogTarget& target, std::string_view definition,
                            const AttemptKey& attempt) {
  return log_stream_name(target, definition, kOnlyContainer, attempt);
}

}  // namespace dray::wire
