#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/server/routes.h"
#include "tests/fuzz/check_answer.h"
#include "tests/support/fake_backend.h"

/// A method and a target: every path of the door, with its query.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dray;
  static std::optional<test::FakeBackend> backend(std::in_place);
  static const server::Routes routes(*backend, {"eu-west-1", "123456789012"}, {"0.1", ""});
  if (size < 2) {
    return 0;
  }
  constexpr const char* kMethods[] = {"GET", "POST", "DELETE", "HEAD", "PUT"};
  server::HttpRequest request;
  request.method = kMethods[data[0] % std::size(kMethods)];
  request.target = "/";
  for (std::size_t i = 1; i < size && request.target.size() < 2000; ++i) {
    // Only what passes the gate.
    const char c = static_cast<char>(data[i]);
    request.target += c > ' ' && c < 0x7f ? c : '%';
  }
  server::HttpResponse response = routes.answer(request);
  fuzz::check_answer(response);
  backend.emplace();
  return 0;
}
