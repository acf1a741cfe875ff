#include "api/wire/request_members.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "api/wire/arn.h"
#include "api/wire/paging.h"

namespace dray::wire {
namespace {

/// More than any machine has, less than what could overflow a sum.
constexpr std::int64_t kAmountMax = 1'000'000'000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "2", "0.25" as thousandths; nothing for another form or more than three decimals.
std::optional<std::int64_t> parse_thousandths(std::string_view text) {
  const std::size_t dot = text.find('.');
  std::string digits(text.substr(0, dot));
  std::string_view decimals = dot == std::string_view::npos ? "" : text.substr(dot + 1);
  while (decimals.size() > 1 && decimals.back() == '0') {
    decimals.remove_suffix(1);
  }
  const bool has_form = !digits.empty() && digits.size() <= 9 && decimals.size() <= 3 &&
                        (dot == std::string_view::npos || !decimals.empty());
  digits += decimals;
  digits.append(3 - std::min<std::size_t>(3, decimals.size()), '0');
  if (!has_form || !std::all_of(digits.begin(), digits.end(), is_digit)) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

/// A whole number of at least `least`; complains otherwise.
std::optional<std::int64_t> read_amount(const JsonObject& requirement, std::string_view what,
                                        std::int64_t least) {
  const std::string text = requirement.text_or_number("value");
  std::int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least ||
      value > kAmountMax) {
    requirement.refuse_it(std::string(what) + " must be a whole number of at least " +
                          std::to_string(least));
    return std::nullopt;
  }
  return value;
}

/// AWS: letters, digits, '.', ':', white space and a final '*'; digits and a final '*' for codes.
bool is_pattern(std::string_view text, bool digits_only) {
  if (text.ends_with('*')) {
    text.remove_suffix(1);
  }
  return std::all_of(text.begin(), text.end(), [digits_only](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_other = c == '.' || c == ':' || c == ' ' || (c >= '\t' && c <= '\r');
    return is_digit(c) || (!digits_only && (is_letter || is_other));
  });
}

std::string read_pattern(const JsonObject& rule, std::string_view member) {
  std::string pattern = rule.text(member);
  if (!is_pattern(pattern, member == "onExitCode")) {
    rule.refuse_it("Evaluate on exit condition contains restricted characters");
  }
  if (pattern.size() > 512) {
    rule.refuse_it(std::string(member) + " must have at most 512 characters");
  }
  return pattern;
}

EvaluateOnExit read_rule(const JsonObject& given) {
  EvaluateOnExit rule;
  std::string action = given.required_text("action");
  std::transform(action.begin(), action.end(), action.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  if (action != "RETRY" && action != "EXIT") {
    given.refuse_it("action must be RETRY or EXIT");
  }
  rule.retry = action == "RETRY";
  rule.on_status_reason = read_pattern(given, "onStatusReason");
  rule.on_reason = read_pattern(given, "onReason");
  rule.on_exit_code = read_pattern(given, "onExitCode");
  if (rule.on_status_reason.empty() && rule.on_reason.empty() && rule.on_exit_code.empty()) {
    given.refuse_it("An evaluateOnExit entry needs onStatusReason, onReason or onExitCode");
  }
  return rule;
}

}  // namespace

std::string read_new_name(const JsonObject& request, std::string_view member) {
  std::string name = request.required_text(member);
  if (!name.empty() && !is_valid_name(name)) {
    request.refuse_it("Member " + std::string(member) +
                      " must be 1 to 128 letters, digits, '_' or '-', the first a letter or digit");
  }
  return name;
}

std::optional<bool> read_state(const JsonObject& request) {
  const std::optional<std::string> state = request.maybe_text("state");
  if (!state) {
    return std::nullopt;
  }
  if (*state != "ENABLED" && *state != "DISABLED") {
    request.refuse_it("state must be ENABLED or DISABLED");
  }
  return *state == "ENABLED";
}

std::vector<std::string> read_names(const JsonObject& request, std::string_view member) {
  std::vector<std::string> names = request.texts(member);
  if (names.size() > 100) {
    request.refuse_it("At most 100 names can be described at once");
  }
  if (!names.empty() && request.has("maxResults")) {
    std::string upper(member);
    upper[0] = static_cast<char>(upper[0] - 'a' + 'A');
    request.refuse_it(upper + " and MaxResults cannot both be set");
  }
  return names;
}

void write_next_token(JsonWriter& out, std::string_view next) {
  if (!next.empty()) {
    out.text("nextToken", encode_token(next));
  }
}

std::vector<EnvironmentVariable> read_variables(const JsonObject& holder, std::string_view member) {
  std::vector<EnvironmentVariable> variables;
  for (const JsonObject& given : holder.objects(member)) {
    EnvironmentVariable variable{given.required_text("name"), given.text("value")};
    if (variable.name.find('=') != std::string::npos) {
      given.refuse_it("The name of an environment variable must not contain '='");
    }
    if (variable.name.starts_with("AWS_BATCH")) {
      given.refuse_it("The name of an environment variable must not begin with AWS_BATCH");
    }
    variables.push_back(std::move(variable));
  }
  return variables;
}

void write_variables(JsonWriter& out, std::string_view member,
                     const std::vector<EnvironmentVariable>& variables) {
  out.name(member).begin_list();
  for (const EnvironmentVariable& variable : variables) {
    out.begin_object().text("name", variable.name).text("value", variable.value).end_object();
  }
  out.end_list();
}

namespace {

/// Dray's own member (docs/api.md).
MemoryGrowth read_growth(const JsonObject& given) {
  constexpr double kFactorMax = 10;
  constexpr std::int64_t kCeilingMax = 1'000'000'000;
  MemoryGrowth growth;
  const double factor = given.decimal("factor").value_or(2);
  if (!(factor >= 1.01 && factor <= kFactorMax)) {
    given.refuse_it("memoryGrowth: factor must be between 1.01 and 10");
    return growth;
  }
  growth.factor_percent = static_cast<std::int32_t>(std::lround(factor * 100));
  growth.ceiling_mib = given.long_integer("ceilingMiB").value_or(0);
  if (growth.ceiling_mib < 1 || growth.ceiling_mib > kCeilingMax) {
    given.refuse_it("memoryGrowth: ceilingMiB is required and must be at least 1");
  }
  return growth;
}

void write_growth(JsonWriter& out, const MemoryGrowth& growth) {
  out.name("memoryGrowth").begin_object();
  out.json("factor", decimal_of(std::int64_t{growth.factor_percent} * 10));
  out.number("ceilingMiB", growth.ceiling_mib).end_object();
}

}  // namespace

std::optional<RetryStrategy> read_retry(const JsonObject& request) {
  const std::optional<JsonObject> given = request.object("retryStrategy");
  if (!given || (!given->has("attempts") && given->is_empty("evaluateOnExit") &&
                 !given->has("memoryGrowth"))) {
    return std::nullopt;
  }
  RetryStrategy retry;
  if (!given->has("attempts")) {
    given->refuse_it("RetryAttempts must be provided with retry strategy");
  }
  retry.attempts = given->integer("attempts").value_or(1);
  if (retry.attempts < 1 || retry.attempts > 10) {
    given->refuse_it("attempts must be between 1 and 10");
  }
  for (const JsonObject& rule : given->objects("evaluateOnExit")) {
    retry.rules.push_back(read_rule(rule));
  }
  if (retry.rules.size() > 6) {
    given->refuse_it("evaluateOnExit can have at most 6 entries");
  }
  if (const std::optional<JsonObject> growth = given->object("memoryGrowth")) {
    retry.memory_growth = read_growth(*growth);
  }
  return retry;
}

void write_retry(JsonWriter& out, const RetryStrategy& retry) {
  out.name("retryStrategy").begin_object();
  out.number("attempts", retry.attempts).name("evaluateOnExit").begin_list();
  for (const EvaluateOnExit& rule : retry.rules) {
    out.begin_object();
    out.text_if_any("onStatusReason", rule.on_status_reason);
    out.text_if_any("onReason", rule.on_reason);
    out.text_if_any("onExitCode", rule.on_exit_code);
    out.text("action", rule.retry ? "retry" : "exit");  // AWS gives it back in lower case.
    out.end_object();
  }
  out.end_list();
  if (retry.memory_growth) {
    write_growth(out, *retry.memory_growth);
  }
  out.end_object();
}

std::optional<Duration> read_timeout(const JsonObject& request) {
  const std::optional<JsonObject> given = request.object("timeout");
  if (!given || !given->has("attemptDurationSeconds")) {
    return std::nullopt;
  }
  const std::int32_t seconds = given->integer("attemptDurationSeconds").value_or(0);
  if (seconds < 60) {
    given->refuse_it("attemptDurationSeconds must be at least 60");
  }
  return std::chrono::seconds(seconds);
}

void write_timeout(JsonWriter& out, const std::optional<Duration>& timeout) {
  if (timeout) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*timeout).count();
    out.name("timeout").begin_object().number("attemptDurationSeconds", seconds).end_object();
  }
}

AskedResources read_requirements(const JsonObject& holder) {
  AskedResources asked;
  for (const JsonObject& requirement : holder.objects("resourceRequirements")) {
    const std::string type = requirement.required_text("type");
    if (type == "VCPU") {
      asked.milli_vcpus = parse_thousandths(requirement.text_or_number("value"));
      if (asked.milli_vcpus.value_or(0) < 1 || *asked.milli_vcpus > kAmountMax) {
        requirement.refuse_it("VCPU must be a decimal number above 0 with at most 3 decimals");
      }
    } else if (type == "MEMORY") {
      asked.memory_mib = read_amount(requirement, "MEMORY", 4);
    } else if (type == "GPU") {
      asked.gpus = read_amount(requirement, "GPU", 0);
    } else {
      requirement.refuse_it("The type of a resource requirement must be VCPU, MEMORY or GPU");
    }
  }
  return asked;
}

AskedResources read_legacy_resources(const JsonObject& holder) {
  AskedResources asked;
  if (const auto vcpus = holder.integer("vcpus")) {
    if (*vcpus < 1 || *vcpus > kAmountMax / 1000) {
      holder.refuse_it("vcpus must be at least 1");
    }
    asked.milli_vcpus = std::int64_t{1000} * *vcpus;
  }
  if (const auto memory = holder.integer("memory")) {
    if (*memory < 4 || *memory > kAmountMax) {
      holder.refuse_it("memory must be at least 4");
    }
    asked.memory_mib = *memory;
  }
  return asked;
}

void write_resources(JsonWriter& out, const ContainerSpec& container) {
  const auto requirement = [&out](std::string_view type, const std::string& value) {
    out.begin_object().text("value", value).text("type", type).end_object();
  };
  // An override of a legacy definition may have brought a fraction, which vcpus cannot say.
  const bool is_legacy = container.legacy_resources && container.request.milli_vcpus % 1000 == 0;
  if (is_legacy) {
    out.number("vcpus", container.request.milli_vcpus / 1000);
    out.number("memory", container.request.memory_mib);
  }
  out.name("resourceRequirements").begin_list();
  if (!is_legacy) {
    requirement("VCPU", decimal_of(container.request.milli_vcpus));
    requirement("MEMORY", std::to_string(container.request.memory_mib));
  }
  if (container.request.gpus > 0) {
    requirement("GPU", std::to_string(container.request.gpus));
  }
  out.end_list();
}

std::string decimal_of(std::int64_t thousandths) {
  std::string text = std::to_string(thousandths / 1000);
  if (thousandths % 1000 != 0) {
    std::string decimals = std::to_string(1000 + thousandths % 1000).substr(1);
    decimals.erase(decimals.find_last_not_of('0') + 1);
    text += '.' + decimals;
  }
  return text;
}

std::optional<std::vector<ConsumableNeed>> read_consumables(const JsonObject& holder,
                                                            std::string_view member) {
  constexpr std::size_t kConsumablesMax = 5;
  const std::optional<JsonObject> properties = holder.object(member);
  if (!properties) {
    return std::nullopt;
  }
  std::vector<ConsumableNeed> needs;
  for (const JsonObject& given : properties->objects("consumableResourceList")) {
    ConsumableNeed need;
    need.name = entry_name(ResourceKind::ConsumableResource, given.text("consumableResource"));
    need.quantity = given.long_integer("quantity").value_or(0);
    if (need.name.empty()) {
      given.refuse_it("Member consumableResource is required");
    }
    // So far below the largest number that a gang's sums stay within it.
    if (need.quantity < 1 || need.quantity > 1'000'000'000'000) {
      given.refuse_it("quantity must be between 1 and 1000000000000");
    }
    if (std::any_of(needs.begin(), needs.end(),
                    [&need](const ConsumableNeed& one) { return one.name == need.name; })) {
      given.refuse_it("The consumable resource " + need.name + " is named twice");
    }
    needs.push_back(std::move(need));
  }
  if (needs.size() > kConsumablesMax) {
    properties->refuse_it("A job can use at most 5 consumable resources");
  }
  return needs;
}

void write_consumables(JsonWriter& out, const ArnScope& scope,
                       const std::vector<ConsumableNeed>& consumables) {
  if (consumables.empty()) {
    return;
  }
  out.name("consumableResourceProperties").begin_object();
  out.name("consumableResourceList").begin_list();
  for (const ConsumableNeed& need : consumables) {
    out.begin_object();
    out.text("consumableResource", entry_arn(scope, {ResourceKind::ConsumableResource, need.name}));
    out.number("quantity", need.quantity).end_object();
  }
  out.end_list().end_object();
}

void refuse_unsupported(const JsonObject& request,
                        std::initializer_list<std::string_view> members) {
  for (const std::string_view member : members) {
    const bool is_blank = request.is_empty(member) || request.json(member) == "\"\"";
    if (!is_blank) {
      request.refuse_it("Member " + std::string(member) + " is not supported yet");
    }
  }
}

}  // namespace dray::wire
