#include "api/server/door.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "api/server/chance.h"
#include "api/server/event_streams.h"
#include "api/server/http_errors.h"
#include "api/server/operation_names.h"
#include "api/server/target.h"
#include "api/wire/dray_access.h"

namespace dray::server {
namespace {

/// "HTTP/1.1 200 OK..." -> 200.
int status_of(std::string_view answer) {
  int status = 0;
  const std::string_view digits = answer.substr(std::min<std::size_t>(answer.size(), 9), 3);
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  return status;
}

/// Two paths that mean one are signed as one: only the plain form is answered.
bool is_plain(std::string_view path) {
  if (path.find("//") != std::string_view::npos) {
    return false;
  }
  while (!path.empty()) {
    const std::string_view part = take_part(path);
    if (part == "." || part == "..") {
      return false;
    }
  }
  return true;
}

/// A browser's cookie comes along with whatever a page makes it send; this header does not.
bool may_change_by_session(const HttpRequest& request) {
  return request.headers.contains("x-requested-by");
}

Answer refused(const HttpRequest& request, HttpResponse response, bool may_keep) {
  response.headers.emplace_back("x-amzn-RequestId", request.request_id);
  return {.bytes = Dispatcher::own_answer(response, may_keep, request.method == "HEAD"),
          .keeps_alive = may_keep};
}

}  // namespace

Answer Door::answer(HttpRequest& request, bool may_keep,
                    std::chrono::steady_clock::time_point arrived) const {
  request.request_id = to_string(fresh_uuid());
  if (const std::optional<HttpResponse> foreign = rooms_.guard.refuse(request)) {
    return {.bytes = Dispatcher::own_answer(*foreign, false, request.method == "HEAD")};
  }
  if (!is_plain(split_target(request.target).path)) {
    return refused(request, refusal_response(400, "ClientException", "The path is broken"), false);
  }
  const std::optional<Need> known = need_of(request);
  // What there is not is told to those who may come in, too.
  const Need need = known.value_or(Need{"dray:unknown", false, Role::Viewer, false, false});
  std::optional<HttpResponse> refusal = refuse(request, need);
  Answer answer = refusal ? refused(request, std::move(*refusal), may_keep)
                          : answer_admitted(request, need, may_keep);
  if (need.is_change && !answer.is_stream) {
    write_down(request, need, answer);
  }
  if (!answer.is_stream && !answer.more) {
    rooms_.backend.note_request(
        operation_name(request), status_of(answer.bytes),
        std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - arrived));
  }
  return answer;
}

std::optional<HttpResponse> Door::refuse(HttpRequest& request, const Need& need) const {
  if (need.is_open || (has_open_metrics_ && need.action == "dray:metrics")) {
    return std::nullopt;
  }
  const Admitted admitted = rooms_.admission.admit(request);
  if (admitted.key == nullptr) {
    return refusal_of(request, admitted.refusal);
  }
  const Caller& caller = admitted.key->caller;
  if (!rooms_.limits.allow(caller.key_id, request.peer)) {
    return throttled_response("Too Many Requests");
  }
  const bool is_read = request.method == "GET" || request.method == "HEAD";
  if (admitted.by_session && !is_read && !may_change_by_session(request)) {
    return forbidden(request, "A web session's changes need the header X-Requested-By");
  }
  request.caller = caller;
  const Result<void> may = authorize(caller, need,
                                     "arn:" + std::string(scope_.partition()) +
                                         ":iam::" + scope_.account + ":user/" + caller.user);
  return may ? std::nullopt : std::optional(forbidden(request, may.error().reason));
}

Answer Door::answer_admitted(const HttpRequest& request, const Need& need, bool may_keep) const {
  if (need.is_open) {
    if (const std::optional<HttpResponse> session = rooms_.admission.answer_session(request)) {
      return refused(request, *session, may_keep);
    }
  }
  if (EventStreams::is_asked(request)) {
    return stream(request);
  }
  if (Routes::is_download(request)) {
    return download(request);
  }
  return {.bytes = rooms_.dispatcher.answer(request, may_keep), .keeps_alive = may_keep};
}

/// It goes on for as long as its caller would be let in again.
Answer Door::stream(const HttpRequest& request) const {
  Answer answer{.is_stream = true};
  answer.stream.last_event_id = request.header("last-event-id");
  answer.stream.hides_names = request.caller && !is_for_all_queues(request.caller->queues);
  answer.stream.may_go_on = [&admission = rooms_.admission, request] {
    return admission.is_still_in(request);
  };
  return answer;
}

/// Piece by piece, so that a log of any size takes little room.
Answer Door::download(const HttpRequest& request) const {
  HttpResponse response = rooms_.routes.answer(request);
  if (!response.more) {
    return {.bytes = Dispatcher::last_words(response)};
  }
  return {.bytes = Dispatcher::chunked_head(response), .more = std::move(response.more)};
}

void Door::write_down(const HttpRequest& request, const Need& need, const Answer& answer) const {
  wire::AuditEntry entry;
  entry.at = {std::chrono::duration_cast<std::chrono::milliseconds>(
                  std::chrono::system_clock::now().time_since_epoch())
                  .count()};
  entry.caller = request.caller.value_or(Caller{});
  entry.peer = request.peer;
  entry.request_id = request.request_id;
  entry.action = need.action;
  entry.target = request.target.substr(0, 1024);
  entry.status = status_of(answer.bytes);
  entry.body = request.body;
  const std::size_t head_end = answer.bytes.find("\r\n\r\n");
  entry.answer = std::string_view(answer.bytes).substr(std::min(head_end, answer.bytes.size()));
  rooms_.backend.append_audit(wire::encode_audit(entry));
}

}  // namespace dray::server
