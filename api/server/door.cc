#include "api/server/door.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "api/server/event_streams.h"
#include "api/server/operation_names.h"

namespace dray::server {
namespace {

/// "HTTP/1.1 200 OK..." -> 200.
int status_of(std::string_view answer) {
  int status = 0;
  const std::string_view digits = answer.substr(std::min<std::size_t>(answer.size(), 9), 3);
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  return status;
}

}  // namespace

Door::Door(api::Backend& backend, const BrowserGuard& guard, const Routes& routes,
           const Dispatcher& dispatcher, RequestLimits& limits)
    : backend_(backend), guard_(guard), routes_(routes), dispatcher_(dispatcher), limits_(limits) {}

Answer Door::answer(const HttpRequest& request, bool may_keep,
                    std::chrono::steady_clock::time_point arrived) const {
  if (const std::optional<HttpResponse> refused = guard_.refuse(request)) {
    return {.bytes = Dispatcher::own_answer(*refused, false, request.method == "HEAD")};
  }
  if (EventStreams::is_asked(request)) {
    return {.is_stream = true, .last_event_id = request.header("last-event-id")};
  }
  if (Routes::is_download(request)) {
    return download(request);
  }
  Answer answer{.bytes = dispatcher_.answer(request, may_keep), .keeps_alive = may_keep};
  backend_.note_request(
      operation_name(request), status_of(answer.bytes),
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - arrived));
  return answer;
}

/// Piece by piece, so that a log of any size takes little room.
Answer Door::download(const HttpRequest& request) const {
  HttpResponse response = routes_.answer(request);
  if (!response.more) {
    return {.bytes = Dispatcher::last_words(response)};
  }
  return {.bytes = Dispatcher::chunked_head(response), .more = std::move(response.more)};
}

}  // namespace dray::server
