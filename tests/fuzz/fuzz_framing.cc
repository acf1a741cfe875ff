#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/server/browser_guard.h"
#include "api/server/dispatcher.h"
#include "api/server/gate/request_reader.h"
#include "api/server/routes.h"
#include "model/check.h"
#include "tests/support/fake_backend.h"

/// Bytes of a connection: they mean the same in whatever pieces they come, what they mean is within
/// bounds, and each request gets exactly one answer with exactly the body it promises.
namespace dray::server {
namespace {

const HeadLimits kLimits{.head_bytes_max = 512,
                         .headers_max = 8,
                         .target_bytes_max = 128,
                         .path_bytes_max = 64,
                         .body_bytes_max = 1024};

struct Read {
  std::vector<HttpRequest> requests;
  bool is_refused = false;
};

void take_all(RequestReader& reader, Read& read) {
  while (!read.is_refused) {
    HttpRequest request;
    HttpRefusal refusal;
    const RequestReader::Got got = reader.next(request, refusal);
    if (got == RequestReader::Got::Nothing) {
      return;
    }
    read.is_refused = got == RequestReader::Got::Refusal;
    if (!read.is_refused) {
      read.requests.push_back(std::move(request));
    }
  }
}

void check_bounds(const HttpRequest& request) {
  CHECK(request.target.starts_with('/') && request.target.size() <= kLimits.target_bytes_max);
  CHECK(request.body.size() <= kLimits.body_bytes_max);
  CHECK(request.lines.size() <= kLimits.headers_max);
  for (const HeaderLine& line : request.lines) {
    CHECK((line.name + line.value).find_first_of(std::string_view("\r\n\0", 3)) ==
          std::string::npos);
  }
}

void check_one_answer(const std::string& answer, bool is_for_head) {
  CHECK(answer.starts_with("HTTP/1.1 "));
  const std::size_t end = answer.find("\r\n\r\n");
  CHECK(end != std::string::npos);
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t at = answer.find(kLength);
  std::size_t length = 0;
  if (at < end) {
    std::from_chars(answer.data() + at + kLength.size(), answer.data() + end, length);
  }
  CHECK(answer.size() - (end + 4) == (is_for_head ? 0 : length));
}

}  // namespace
}  // namespace dray::server

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dray;
  using namespace dray::server;
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  Read whole;
  RequestReader at_once(kLimits);
  at_once.feed(bytes);
  take_all(at_once, whole);
  Read pieces;
  RequestReader piece_by_piece(kLimits);
  const std::size_t step = data[0] % 32 + 1;
  for (std::size_t at = 0; at < bytes.size() && !pieces.is_refused; at += step) {
    piece_by_piece.feed(bytes.substr(at, step));
    take_all(piece_by_piece, pieces);
  }
  CHECK(whole.is_refused == pieces.is_refused);
  CHECK(whole.requests.size() == pieces.requests.size());

  static test::FakeBackend backend;
  static const Routes routes(backend, {"eu-west-1", "123456789012"}, {"0.1", ""});
  static const Dispatcher dispatcher(routes, std::chrono::seconds(15), 100);
  static const BrowserGuard guard("127.0.0.1", {});
  for (std::size_t i = 0; i < whole.requests.size(); ++i) {
    const HttpRequest& request = whole.requests[i];
    CHECK(request.target == pieces.requests[i].target && request.body == pieces.requests[i].body);
    check_bounds(request);
    static_cast<void>(guard.refuse(request));
    check_one_answer(dispatcher.answer(request, true), request.method == "HEAD");
  }
  return 0;
}
