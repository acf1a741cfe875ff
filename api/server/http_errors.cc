#include "api/server/http_errors.h"

#include "api/wire/dray_shapes.h"

namespace dray::server {
namespace {

struct Shape {
  int status;
  std::string_view type;
};

Shape batch_shape(ErrorCode code) {
  switch (code) {
    case ErrorCode::BadRequest:
    case ErrorCode::NotFound:
    case ErrorCode::Conflict:
      return {400, "ClientException"};
    case ErrorCode::NotAllowed:
      return {403, "AccessDeniedException"};
    case ErrorCode::Unavailable:
      return {503, "ServerException"};
    case ErrorCode::Internal:
      return {500, "ServerException"};
  }
  return {500, "ServerException"};
}

Shape logs_shape(ErrorCode code) {
  switch (code) {
    case ErrorCode::BadRequest:
      return {400, "InvalidParameterException"};
    case ErrorCode::NotFound:
      return {400, "ResourceNotFoundException"};
    case ErrorCode::Conflict:
      return {400, "ResourceAlreadyExistsException"};
    case ErrorCode::NotAllowed:
      return {403, "AccessDeniedException"};
    case ErrorCode::Unavailable:
      return {503, "ServiceUnavailableException"};
    case ErrorCode::Internal:
      return {500, "ServerException"};
  }
  return {500, "ServerException"};
}

Shape dray_shape(ErrorCode code) {
  switch (code) {
    case ErrorCode::NotFound:
      return {404, "NotFoundException"};
    case ErrorCode::Conflict:
      return {409, "ConflictException"};
    case ErrorCode::BadRequest:
    case ErrorCode::NotAllowed:
    case ErrorCode::Unavailable:
    case ErrorCode::Internal:
      return batch_shape(code);
  }
  return batch_shape(code);
}

Shape shape_of(Dialect dialect, ErrorCode code) {
  switch (dialect) {
    case Dialect::Batch:
      return batch_shape(code);
    case Dialect::Logs:
      return logs_shape(code);
    case Dialect::Dray:
      return dray_shape(code);
  }
  return batch_shape(code);
}

}  // namespace

HttpResponse error_response(Dialect dialect, const Error& error) {
  const Shape shape = shape_of(dialect, error.code);
  // What went wrong inside is for the log, not for whoever asked (D9).
  const bool is_inside = error.code == ErrorCode::Internal;
  HttpResponse response = refusal_response(
      shape.status, shape.type, is_inside ? std::string_view("Internal error") : error.reason);
  if (shape.status == 503) {
    response.headers.emplace_back("Retry-After", "1");
  }
  return response;
}

HttpResponse throttled_response(std::string_view reason) {
  HttpResponse response = refusal_response(429, "TooManyRequestsException", reason);
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

HttpResponse refusal_response(int status, std::string_view type, std::string_view reason) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("x-amzn-errortype", type);
  response.body = wire::encode_error(type, reason);
  return response;
}

}  // namespace dray::server
