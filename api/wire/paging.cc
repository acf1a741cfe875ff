#include "api/wire/paging.h"

#include <array>
#include <optional>

namespace dray::wire {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::string_view kMark = "dray1-";

std::optional<unsigned> digit_of(char c) {
  const std::size_t place = kDigits.find(c);
  return place == std::string_view::npos ? std::nullopt
                                         : std::optional(static_cast<unsigned>(place));
}

}  // namespace

std::string encode_token(std::string_view after) {
  std::string token(kMark);
  for (const char c : after) {
    const auto byte = static_cast<unsigned char>(c);
    token += kDigits[byte >> 4U];
    token += kDigits[byte & 15U];
  }
  return token;
}

Result<std::string> decode_token(std::string_view token) {
  if (token.empty()) {
    return std::string();
  }
  const auto refused = [] { return refuse(ErrorCode::BadRequest, "nextToken is not valid"); };
  if (!token.starts_with(kMark) || (token.size() - kMark.size()) % 2 != 0) {
    return refused();
  }
  token.remove_prefix(kMark.size());
  std::string after;
  for (std::size_t i = 0; i < token.size(); i += 2) {
    const std::optional<unsigned> high = digit_of(token[i]);
    const std::optional<unsigned> low = digit_of(token[i + 1]);
    if (!high || !low) {
      return refused();
    }
    after += static_cast<char>(*high * 16 + *low);
  }
  return after;
}

Page read_page(const JsonObject& request, std::int32_t results_max) {
  Page page;
  page.results_max = request.integer("maxResults").value_or(results_max);
  if (page.results_max < 1 || page.results_max > results_max) {
    request.refuse_it("maxResults must be between 1 and " + std::to_string(results_max));
  }
  Result<std::string> after = decode_token(request.text("nextToken"));
  if (after) {
    page.after = std::move(*after);
  } else {
    request.refuse_it(after.error().reason);
  }
  return page;
}

}  // namespace dray::wire
