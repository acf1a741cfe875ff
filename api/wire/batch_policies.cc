#include "api/wire/batch_policies.h"

#include <algorithm>
#include <cmath>

#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "api/wire/paging.h"
#include "api/wire/request_members.h"
#include "api/wire/tags.h"

namespace dray::wire {
namespace {

constexpr ResourceKind kPolicyKind = ResourceKind::SchedulingPolicy;
constexpr std::int32_t kDecayMax = 604'800;
constexpr std::int32_t kReservationMax = 99;
constexpr std::size_t kSharesMax = 500;
constexpr std::int32_t kWeightMax = 9'999'999;

/// AWS: up to 255 letters and digits, and a final '*'.
bool is_share_identifier(std::string_view text) {
  if (text.ends_with('*')) {
    text.remove_suffix(1);
  }
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

/// Whether one identifier could be meant by both.
bool overlap(std::string_view a, std::string_view b) {
  const bool is_prefix_a = a.ends_with('*');
  const bool is_prefix_b = b.ends_with('*');
  const std::string_view stem_a = a.substr(0, a.size() - (is_prefix_a ? 1 : 0));
  const std::string_view stem_b = b.substr(0, b.size() - (is_prefix_b ? 1 : 0));
  return (is_prefix_a && stem_b.starts_with(stem_a)) ||
         (is_prefix_b && stem_a.starts_with(stem_b)) || stem_a == stem_b;
}

ShareWeight read_share(const JsonObject& given) {
  ShareWeight share;
  share.identifier = given.text("shareIdentifier");
  if (!is_share_identifier(share.identifier)) {
    given.refuse_it("shareIdentifier must be 1 to 255 letters and digits, and may end in '*'");
  }
  const double weight = std::round(given.decimal("weightFactor").value_or(1.0) * ShareWeight::kOne);
  if (!(weight >= 1.0 && weight <= kWeightMax)) {
    given.refuse_it("weightFactor must be between 0.0001 and 999.9999");
    return share;
  }
  share.weight = static_cast<std::int32_t>(weight);
  return share;
}

std::int32_t read_within(const JsonObject& given, std::string_view member, std::int32_t most) {
  const std::int32_t value = given.integer(member).value_or(0);
  if (value < 0 || value > most) {
    given.refuse_it(std::string(member) + " must be between 0 and " + std::to_string(most));
  }
  return value;
}

std::optional<FairShare> read_fair_share(const JsonObject& request) {
  const std::optional<JsonObject> given = request.object("fairsharePolicy");
  if (!given) {
    return std::nullopt;
  }
  FairShare policy;
  policy.decay_seconds = read_within(*given, "shareDecaySeconds", kDecayMax);
  policy.compute_reservation = read_within(*given, "computeReservation", kReservationMax);
  const std::vector<JsonObject> shares = given->objects("shareDistribution");
  if (shares.size() > kSharesMax) {
    given->refuse_it("shareDistribution can have at most 500 entries");
    return policy;
  }
  for (const JsonObject& one : shares) {
    ShareWeight share = read_share(one);
    for (const ShareWeight& other : policy.shares) {
      if (overlap(share.identifier, other.identifier)) {
        one.refuse_it("The share identifiers " + other.identifier + " and " + share.identifier +
                      " overlap");
      }
    }
    policy.shares.push_back(std::move(share));
  }
  return policy;
}

std::string policy_as_given(const JsonObject& request) {
  if (request.has("fairsharePolicy") && request.has("quotaSharePolicy")) {
    request.refuse_it("fairsharePolicy and quotaSharePolicy cannot both be set");
  }
  return request.json_only({"fairsharePolicy", "quotaSharePolicy"});
}

}  // namespace

Result<CatalogueEntry> decode_create_policy(std::string_view body) {
  return decode_request<CatalogueEntry>(
      "CreateSchedulingPolicy", body, [](const JsonObject& request) {
        CatalogueEntry policy;
        policy.key = {kPolicyKind, read_new_name(request, "name")};
        policy.tags = read_tags(request);
        policy.fair_share = read_fair_share(request);
        policy.as_given = policy_as_given(request);
        return policy;
      });
}

Result<std::string> decode_policy_name(std::string_view operation, std::string_view body) {
  return decode_request<std::string>(operation, body, [](const JsonObject& request) {
    return parse_entry_arn(kPolicyKind, request.required_text("arn")).value_or("");
  });
}

Result<EntryUpdate> decode_update_policy(std::string_view body, const CatalogueEntry& current) {
  return decode_request<EntryUpdate>(
      "UpdateSchedulingPolicy", body, [&current](const JsonObject& request) {
        EntryUpdate update;
        update.key = current.key;
        update.fair_share = read_fair_share(request);
        update.as_given = merge_objects(current.as_given, policy_as_given(request));
        return update;
      });
}

Result<std::vector<std::string>> decode_describe_policies(std::string_view body) {
  return decode_request<std::vector<std::string>>(
      "DescribeSchedulingPolicies", body, [](const JsonObject& request) {
        std::vector<std::string> names;
        for (const std::string& arn : read_names(request, "arns")) {
          if (std::optional<std::string> name = parse_entry_arn(kPolicyKind, arn)) {
            names.push_back(std::move(*name));
          }
        }
        return names;
      });
}

Result<Page> decode_list_policies(std::string_view body) {
  return decode_request<Page>("ListSchedulingPolicies", body,
                              [](const JsonObject& request) { return read_page(request, 100); });
}

std::string encode_policy_created(const ArnScope& scope, const EntryKey& key) {
  JsonWriter out;
  out.begin_object().text("name", key.name).text("arn", entry_arn(scope, key)).end_object();
  return out.take();
}

std::string encode_policies(const ArnScope& scope, const std::vector<CatalogueEntry>& policies) {
  JsonWriter out;
  out.begin_object().name("schedulingPolicies").begin_list();
  for (const CatalogueEntry& policy : policies) {
    out.begin_object();
    out.text("name", policy.key.name).text("arn", entry_arn(scope, policy.key));
    out.members_of(policy.as_given, {});
    out.text_map("tags", policy.tags).end_object();
  }
  out.end_list().end_object();
  return out.take();
}

std::string encode_policy_list(const ArnScope& scope, const PageOf<CatalogueEntry>& page) {
  JsonWriter out;
  out.begin_object().name("schedulingPolicies").begin_list();
  for (const CatalogueEntry& policy : page.items) {
    out.begin_object().text("arn", entry_arn(scope, policy.key)).end_object();
  }
  out.end_list();
  write_next_token(out, page.next);
  out.end_object();
  return out.take();
}

}  // namespace dray::wire
