#include "api/auth/canonical_request.h"

#include <algorithm>

namespace dray::auth {
namespace {

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void encode_onto(std::string& out, std::string_view text, bool keeps_slash) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c) || (keeps_slash && c == '/')) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// A percent sign that begins nothing stays one.
std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
    const int low = text[i] == '%' && i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

bool is_named(std::string_view header, std::string_view name) {
  return std::equal(header.begin(), header.end(), name.begin(), name.end(), [](char is, char want) {
    return (is >= 'A' && is <= 'Z' ? static_cast<char>(is - 'A' + 'a') : is) == want;
  });
}

/// Trimmed, with inner blanks made one.
void squeeze_onto(std::string& out, std::string_view value) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  bool has_gap = false;
  bool has_begun = false;
  for (const char c : value) {
    if (is_blank(c)) {
      has_gap = has_begun;
      continue;
    }
    if (has_gap) {
      out += ' ';
    }
    out += c;
    has_gap = false;
    has_begun = true;
  }
}

}  // namespace

std::string canonical_path(std::string_view raw_path) {
  std::vector<std::string_view> segments;
  std::string_view rest = raw_path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view segment = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (segment == "..") {
      if (!segments.empty()) {
        segments.pop_back();
      }
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
  }
  std::string path;
  for (const std::string_view segment : segments) {
    path += '/';
    encode_onto(path, segment, false);
  }
  if (path.empty() || raw_path.ends_with('/')) {
    path += '/';
  }
  return path;
}

std::string canonical_query(std::string_view raw_query) {
  std::vector<std::pair<std::string, std::string>> items;
  while (!raw_query.empty()) {
    const std::size_t end = std::min(raw_query.find('&'), raw_query.size());
    const std::string_view item = raw_query.substr(0, end);
    raw_query.remove_prefix(std::min(end + 1, raw_query.size()));
    if (item.empty()) {
      continue;
    }
    const std::size_t equals = std::min(item.find('='), item.size());
    std::pair<std::string, std::string> encoded;
    encode_onto(encoded.first, decode(item.substr(0, equals)), false);
    encode_onto(encoded.second, decode(item.substr(std::min(equals + 1, item.size()))), false);
    items.push_back(std::move(encoded));
  }
  std::sort(items.begin(), items.end());
  std::string query;
  for (const auto& [name, value] : items) {
    query += (query.empty() ? "" : "&") + name + '=' + value;
  }
  return query;
}

std::string canonical_header(const RequestParts& request, std::string_view name) {
  std::string values;
  bool is_first = true;
  for (const auto& [header, value] : request.headers) {
    if (is_named(header, name)) {
      values += is_first ? "" : ",";
      squeeze_onto(values, value);
      is_first = false;
    }
  }
  return values;
}

std::size_t count_headers(const RequestParts& request, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(request.headers.begin(), request.headers.end(),
                    [name](const auto& header) { return is_named(header.first, name); }));
}

std::string canonical_request(const RequestParts& request,
                              const std::vector<std::string>& signed_headers,
                              const Digest& body_hash) {
  const std::size_t mark = std::min(request.target.find('?'), request.target.size());
  const std::string_view query = request.target.substr(std::min(mark + 1, request.target.size()));
  std::string text(request.method);
  text += '\n' + canonical_path(request.target.substr(0, mark));
  text += '\n' + canonical_query(query) + '\n';
  std::string names;
  for (const std::string& name : signed_headers) {
    text += name + ':' + canonical_header(request, name) + '\n';
    names += (names.empty() ? "" : ";") + name;
  }
  text += '\n' + names + '\n' + to_hex(body_hash);
  return text;
}

}  // namespace dray::auth
