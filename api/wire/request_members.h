#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/arn.h"
#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "api/wire/shapes/validate.h"
#include "model/error.h"
#include "model/job_definition.h"
#include "model/requests.h"
#include "model/retry_strategy.h"

/// Members that several requests and answers have in common, each with its rules.
namespace dray::wire {

/// Parses the body, holds it against the shape, lets `read` make a T of it, and gives that unless
/// the document was refused. Without a shape only what `read` looks at is checked.
template <class T, class Read>
Result<T> decode(const Shape* shape, std::string_view body, Read read) {
  Result<JsonDocument> document = JsonDocument::parse(body);
  if (!document) {
    return tl::unexpected(document.error());
  }
  if (shape != nullptr) {
    if (const Result<void> good = validate(*document, *shape); !good) {
      return tl::unexpected(good.error());
    }
    drop_unknown(*document, *shape);
  }
  T value = read(document->root());
  if (document->refusal()) {
    return tl::unexpected(*document->refusal());
  }
  return value;
}

/// The request of an operation of AWS Batch ("SubmitJob"): every one is validated here.
template <class T, class Read>
Result<T> decode_request(std::string_view operation, std::string_view body, Read read) {
  return decode<T>(operation_shape(operation).input, body, read);
}

/// A name that is being given: required, by AWS's pattern.
std::string read_new_name(const JsonObject& request, std::string_view member);
/// ENABLED or DISABLED, as true or false.
std::optional<bool> read_state(const JsonObject& request);
/// A list of names or ARNs to describe: at most 100, and not together with maxResults.
std::vector<std::string> read_names(const JsonObject& request, std::string_view member);
/// nextToken, left out on the last page (an empty one makes clients loop for ever).
void write_next_token(JsonWriter& out, std::string_view next);

/// [{name, value}]; names beginning with AWS_BATCH are AWS's own.
std::vector<EnvironmentVariable> read_variables(const JsonObject& holder, std::string_view member);
void write_variables(JsonWriter& out, std::string_view member,
                     const std::vector<EnvironmentVariable>& variables);

/// retryStrategy; absent or {} is nothing. AWS: attempts 1-10, at most 6 rules.
std::optional<RetryStrategy> read_retry(const JsonObject& request);
void write_retry(JsonWriter& out, const RetryStrategy& retry);

/// timeout.attemptDurationSeconds; absent or {} is nothing. AWS: at least 60.
std::optional<Duration> read_timeout(const JsonObject& request);
void write_timeout(JsonWriter& out, const std::optional<Duration>& timeout);

/// Amounts in resourceRequirements, or in the legacy members vcpus and memory.
struct AskedResources {
  std::optional<std::int64_t> milli_vcpus;
  std::optional<std::int64_t> memory_mib;
  std::optional<std::int64_t> gpus;
};
/// [{type, value}], value a decimal text. AWS: memory at least 4 MiB; Dray: vCPUs to 1/1000.
AskedResources read_requirements(const JsonObject& holder);
AskedResources read_legacy_resources(const JsonObject& holder);
/// resourceRequirements, or vcpus and memory when the definition came with those.
void write_resources(JsonWriter& out, const ContainerSpec& container);

/// "2", "0.25": a count of thousandths as a decimal number.
std::string decimal_of(std::int64_t thousandths);

/// consumableResourceProperties or its override; absent is nothing. AWS: at most 5, each with a
/// quantity of at least 1.
std::optional<std::vector<ConsumableNeed>> read_consumables(const JsonObject& holder,
                                                            std::string_view member);
/// Left out when there are none.
void write_consumables(JsonWriter& out, const ArnScope& scope,
                       const std::vector<ConsumableNeed>& consumables);

/// Refuses the request when one of these members says anything: parts of AWS Batch that Dray does
/// not do, and must not seem to.
void refuse_unsupported(const JsonObject& request, std::initializer_list<std::string_view> members);

}  // namespace dray::wire
