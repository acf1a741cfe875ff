#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/server/routes.h"
#include "tests/fuzz/check_answer.h"
#include "tests/support/fake_backend.h"

/// The body of one of DRAY_OPERATIONS; the first byte says which.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dray;
  constexpr std::string_view kOperations[] = {DRAY_OPERATIONS};
  static std::optional<test::FakeBackend> backend(std::in_place);
  static const server::Routes routes(*backend, {"eu-west-1", "123456789012"}, {"0.1", ""});
  if (size == 0) {
    return 0;
  }
  const std::string operation(kOperations[data[0] % std::size(kOperations)]);
  server::HttpRequest request;
  request.method = "POST";
  request.target = operation.starts_with("Logs_") ? "/" : "/v1/" + operation;
  request.headers["x-amz-target"] = operation;
  request.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  fuzz::check_answer(routes.answer(request));
  backend.emplace();
  return 0;
}
