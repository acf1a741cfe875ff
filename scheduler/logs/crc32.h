#pragma once
#include <cstdint>
#include <string_view>

namespace dray::logs {

/// CRC-32 (IEEE 802.3): tells a torn record from a whole one.
std::uint32_t crc32(std::string_view bytes);

}  // namespace dray::logs
