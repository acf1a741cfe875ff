#pragma once
#include <string>
#include <string_view>

namespace dray::server {

std::string sha256_hex(std::string_view bytes);
/// As Content-Security-Policy writes it.
std::string sha256_base64(std::string_view bytes);

}  // namespace dray::server
