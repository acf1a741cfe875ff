#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dray::auth {

/// 32 bytes: a SHA-256, or a key made by HMAC.
using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);
Digest hmac_sha256(const Digest& key, std::string_view bytes);

/// 64 digits, in lower case.
std::string to_hex(const Digest& digest);
/// Exactly 64 digits in lower case, as every client writes them; nothing else.
std::optional<Digest> parse_hex(std::string_view text);

/// In a time that tells nothing of where they differ.
bool is_same(std::string_view left, std::string_view right);
bool is_same(const Digest& left, const Digest& right);

}  // namespace dray::auth
