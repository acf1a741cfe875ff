#include "scheduler/service/crash_point.h"

#include <charconv>
#include <cstdlib>

#include <unistd.h>

namespace dray {

CrashPoint CrashPoint::from_environment() {
  const char* const text = std::getenv("DRAY_CRASHPOINT");
  return CrashPoint(text == nullptr ? "" : text);
}

CrashPoint::CrashPoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return;
  }
  name_ = text.substr(0, colon);
  const std::string_view count = text.substr(colon + 1);
  std::from_chars(count.data(), count.data() + count.size(), left_);
}

void CrashPoint::pass(std::string_view name) {
  if (left_ > 0 && name == name_ && --left_ == 0) {
    ::_exit(137);
  }
}

}  // namespace dray
