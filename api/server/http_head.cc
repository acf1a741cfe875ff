#include "api/server/http_head.h"

#include <algorithm>
#include <charconv>

namespace dray::server {
namespace {

constexpr std::string_view kCrlf = "\r\n";
constexpr std::size_t kTrailerBytesMax = 4096;

bool is_token_character(char c) {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool is_digit = c >= '0' && c <= '9';
  return is_letter || is_digit || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string::npos;
}

bool is_target_character(char c) {
  return c > ' ' && c < 0x7f;
}

bool is_value_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Takes a line off; nothing when there is no line end.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find(kCrlf);
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + kCrlf.size());
  return line;
}

std::optional<HttpRefusal> parse_request_line(std::string_view line, const HeadLimits& limits,
                                              HttpRequest& request) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return HttpRefusal{400, "The request line is broken"};
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!version.starts_with("HTTP/")) {
    return HttpRefusal{400, "The request line is broken"};
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return HttpRefusal{505, "Only HTTP/1.1 is spoken here"};
  }
  if (method.empty() || method.size() > 16 ||
      !std::all_of(method.begin(), method.end(), is_token_character)) {
    return HttpRefusal{400, "The method is broken"};
  }
  const std::size_t path_bytes = std::min(target.find('?'), target.size());
  if (target.size() > limits.target_bytes_max || path_bytes > limits.path_bytes_max) {
    return HttpRefusal{414, "The target is too long"};
  }
  if (!std::all_of(target.begin(), target.end(), is_target_character)) {
    return HttpRefusal{400, "The target is broken"};
  }
  if (!target.starts_with('/')) {
    // Absolute targets are for proxies; who serves one beside a Host must choose between two names.
    return HttpRefusal{400, "The target must be a path: this is no proxy"};
  }
  request.method = method;
  request.target = target;
  request.keeps_alive = version == "HTTP/1.1";
  return std::nullopt;
}

std::optional<HeaderLine> split_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return std::nullopt;
  }
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1));
  if (!std::all_of(name.begin(), name.end(), is_token_character) ||
      !std::all_of(value.begin(), value.end(), is_value_character)) {
    return std::nullopt;
  }
  return HeaderLine{std::string(name), std::string(value)};
}

std::optional<HttpRefusal> parse_header(std::string_view line, HttpRequest& request) {
  std::optional<HeaderLine> header = split_header(line);
  if (!header) {
    return HttpRefusal{400, "A header is broken"};
  }
  const std::string key = lower(header->name);
  const bool is_framing = key == "content-length" || key == "transfer-encoding" || key == "host" ||
                          key == "content-type" || key == "authorization" ||
                          key == "x-amz-target" || key == "expect";
  const auto [place, is_new] = request.headers.emplace(key, header->value);
  if (!is_new && is_framing) {
    return HttpRefusal{400, "A header that may come once came twice"};
  }
  if (!is_new) {
    place->second += ',';
    place->second += header->value;
  }
  request.lines.push_back(std::move(*header));
  return std::nullopt;
}

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (trim(list.substr(0, comma)) == word) {
      return true;
    }
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

/// What the version says: HTTP/1.0 knows no chunks, invitations or kept connections, and need not
/// name a host.
std::optional<HttpRefusal> heed_version(HttpRequest& request, BodyFrame& frame) {
  const bool is_old = !request.keeps_alive;
  if (is_old && frame.is_chunked) {
    return HttpRefusal{400, "HTTP/1.0 has no chunks"};
  }
  if (!is_old && request.header("host").empty()) {
    return HttpRefusal{400, "The Host header is missing"};
  }
  const std::string expect = lower(request.header("expect"));
  if (!is_old && !expect.empty() && expect != "100-continue") {
    return HttpRefusal{417, "Only 100-continue can be expected"};
  }
  frame.wants_continue = !is_old && !expect.empty();
  request.keeps_alive = !is_old && !has_word(lower(request.header("connection")), "close");
  return std::nullopt;
}

std::optional<HttpRefusal> frame_body(const HttpRequest& request, const HeadLimits& limits,
                                      BodyFrame& frame) {
  const std::string coding = lower(request.header("transfer-encoding"));
  const std::string length = request.header("content-length");
  const bool has_length = request.headers.contains("content-length");
  const bool has_coding = request.headers.contains("transfer-encoding");
  if (has_coding && has_length) {
    return HttpRefusal{400, "A body has a length or chunks, not both"};
  }
  if (has_coding && coding != "chunked") {
    return HttpRefusal{501, "Only chunked transfer encoding is understood"};
  }
  frame.is_chunked = has_coding;
  if (has_length) {
    const auto [end, error] =
        std::from_chars(length.data(), length.data() + length.size(), frame.length);
    const bool is_digits = !length.empty() && length[0] != '-' && length[0] != '+' &&
                           end == length.data() + length.size();
    if (error == std::errc::invalid_argument || !is_digits) {
      return HttpRefusal{400, "The length of the body is broken"};
    }
    if (error != std::errc() || frame.length > limits.body_bytes_max) {
      return HttpRefusal{413, "The body is too large"};
    }
  }
  const std::string encoding = lower(request.header("content-encoding"));
  if (!encoding.empty() && encoding != "identity") {
    return HttpRefusal{415, "Compressed bodies are not understood"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<HttpRefusal> parse_head(std::string_view head, const HeadLimits& limits,
                                      HttpRequest& request, BodyFrame& frame) {
  const std::optional<std::string_view> first = take_line(head);
  if (!first) {
    return HttpRefusal{400, "The request line is broken"};
  }
  if (auto refusal = parse_request_line(*first, limits, request)) {
    return refusal;
  }
  std::size_t count = 0;
  while (!head.empty()) {
    const std::optional<std::string_view> line = take_line(head);
    if (++count > limits.headers_max) {
      return HttpRefusal{431, "There are too many headers"};
    }
    if (auto refusal = parse_header(line.value_or(""), request)) {
      return refusal;
    }
  }
  if (auto refusal = frame_body(request, limits, frame)) {
    return refusal;
  }
  return heed_version(request, frame);
}

namespace {

/// Trailers are read like headers, so that nothing can hide in them, and mean nothing.
bool are_headers(std::string_view trailers, std::size_t count_max) {
  std::size_t count = 0;
  while (!trailers.empty()) {
    const std::optional<std::string_view> line = take_line(trailers);
    if (!line || ++count > count_max || !split_header(*line)) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<HttpRefusal> take_chunks(std::string_view& bytes, const HeadLimits& limits,
                                       std::string& body, bool& is_done) {
  const HttpRefusal broken{400, "A chunk is broken"};
  while (true) {
    const std::size_t line_end = bytes.find(kCrlf);
    if (line_end == std::string_view::npos) {
      return bytes.size() > 64 ? std::optional(broken) : std::nullopt;
    }
    // No extensions: nobody sends them, and they have hidden bytes from others before.
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + line_end, size, 16);
    if (error != std::errc() || end != bytes.data() + line_end || line_end > 8) {
      return broken;
    }
    const std::string_view rest = bytes.substr(line_end + kCrlf.size());
    if (size == 0) {
      const std::size_t trailers = rest.starts_with(kCrlf) ? 0 : rest.find("\r\n\r\n");
      if (trailers == std::string_view::npos) {
        // The end itself may be here but for its last byte.
        return rest.size() > kTrailerBytesMax + 3 ? std::optional(broken) : std::nullopt;
      }
      if (trailers > kTrailerBytesMax ||
          (trailers != 0 && !are_headers(rest.substr(0, trailers + 2), limits.headers_max))) {
        return broken;
      }
      bytes = rest.substr(trailers + (trailers == 0 ? 2 : 4));
      is_done = true;
      return std::nullopt;
    }
    if (body.size() + size > limits.body_bytes_max) {
      return HttpRefusal{413, "The body is too large"};
    }
    if (rest.size() < size + kCrlf.size()) {
      return std::nullopt;
    }
    if (rest.substr(size, 2) != kCrlf) {
      return broken;
    }
    body += rest.substr(0, size);
    bytes = rest.substr(size + kCrlf.size());
  }
}

}  // namespace dray::server
