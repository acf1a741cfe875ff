#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

#include "api/wire/json_guard.h"
#include "model/check.h"

/// What the guard lets pass can be built and written, and has no depth beyond its bound.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!dray::wire::guard_json(text)) {
    return 0;
  }
  const nlohmann::json built = nlohmann::json::parse(text);
  const std::string written = built.dump();  // Throws at invalid UTF-8.
  CHECK(dray::wire::guard_json(written).has_value());
  CHECK(nlohmann::json::parse(written) == built);
  return 0;
}
