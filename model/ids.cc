#include "model/ids.h"

#include <cstdio>
#include <string_view>

namespace dray {
namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return static_cast<unsigned>(c - '0');
  }
  if (c >= 'a' && c <= 'f') {
    return static_cast<unsigned>(c - 'a' + 10);
  }
  if (c >= 'A' && c <= 'F') {
    return static_cast<unsigned>(c - 'A' + 10);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto digit = hex_digit(c);
    if (!digit) {
      return std::nullopt;
    }
    value = value << 4 | *digit;
  }
  return value;
}

bool is_dash_at(std::size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

constexpr std::uint64_t kChildMax = (1ULL << 40) - 1;
constexpr std::uint64_t kNumberMax = (1ULL << 24) - 1;

}  // namespace

std::string to_string(const Uuid& uuid) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(36, '-');
  std::size_t at = 0;
  for (const std::uint64_t half : {uuid.high, uuid.low}) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      at += at == 8 || at == 13 || at == 18 || at == 23 ? 1 : 0;
      text[at++] = kDigits[half >> shift & 15];
    }
  }
  return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) {
    return std::nullopt;
  }
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_dash_at(i)) {
      if (text[i] != '-') {
        return std::nullopt;
      }
    } else {
      digits.push_back(text[i]);
    }
  }
  const auto high = parse_hex(std::string_view(digits).substr(0, 16));
  const auto low = parse_hex(std::string_view(digits).substr(16));
  if (!high || !low) {
    return std::nullopt;
  }
  return Uuid{*high, *low};
}

Uuid as_uuid_v4(Uuid random_bits) {
  random_bits.high = (random_bits.high & ~0xf000ULL) | 0x4000ULL;
  random_bits.low = (random_bits.low & 0x3fffffffffffffffULL) | 0x8000000000000000ULL;
  return random_bits;
}

std::string task_id(const AttemptKey& attempt) {
  char text[33];
  const auto child = static_cast<std::uint64_t>(static_cast<std::int64_t>(attempt.job.child) + 1);
  std::snprintf(text, sizeof text, "%016llx%010llx%06llx",
                static_cast<unsigned long long>(attempt.job.job.value),
                static_cast<unsigned long long>(child & kChildMax),
                static_cast<unsigned long long>(attempt.number & kNumberMax));
  return text;
}

std::optional<AttemptKey> parse_task_id(std::string_view text) {
  if (text.size() != 32) {
    return std::nullopt;
  }
  const auto job = parse_hex(text.substr(0, 16));
  const auto child = parse_hex(text.substr(16, 10));
  const auto number = parse_hex(text.substr(26));
  if (!job || !child || !number || *child > 0x7fffffff) {
    return std::nullopt;
  }
  return AttemptKey{{JobId{*job}, static_cast<std::int32_t>(*child) - 1},
                    static_cast<AttemptNumber>(*number)};
}

}  // namespace dray
