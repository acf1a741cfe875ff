#include "api/server/web_assets.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>
#include <vector>

#include "api/server/digest.h"
#include "api/server/http_errors.h"
#include "api/server/web_files.h"

namespace dray::server {
namespace {

constexpr std::string_view kAssets = "/assets/";
/// In index.html: where the other files are.
constexpr std::string_view kPlaceholder = "@ASSETS@";
constexpr std::string_view kHashOnDisk = "dev";
constexpr std::array<std::string_view, 6> kPages{"jobs",        "queues", "agents",
                                                 "definitions", "events", "status"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
}};

std::string_view type_of(std::string_view path) {
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) {
      return type;
    }
  }
  return "application/octet-stream";
}

HttpResponse not_there(std::string_view reason) {
  return refusal_response(404, "NotFoundException", reason);
}

/// Whether a list such as "gzip, deflate;q=0.5" names gzip and does not forbid it.
bool takes_gzip(const std::string& accepted) {
  std::stringstream list(accepted);
  for (std::string item; std::getline(list, item, ',');) {
    std::erase(item, ' ');
    const std::string coding = item.substr(0, item.find(';'));
    if (coding == "gzip") {
      return !item.ends_with(";q=0") && !item.ends_with(";q=0.0");
    }
  }
  return false;
}

/// True when the answer would be what the browser has: it is made into "304 Not Modified".
bool is_known(const HttpRequest& request, const std::string& tag, HttpResponse& response) {
  response.headers.emplace_back("ETag", tag);
  const std::string known = request.header("if-none-match");
  if (known.empty() || known.find(tag) == std::string::npos) {
    return false;
  }
  response.status = 304;
  return true;
}

/// No way out of the folder, no hidden file.
bool is_inside(std::string_view path) {
  const std::filesystem::path parts(path);
  return !path.empty() && !parts.is_absolute() &&
         std::none_of(parts.begin(), parts.end(),
                      [](const auto& part) { return part.string().starts_with('.'); });
}

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return std::nullopt;
  }
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

/// Where a library's file lies in a folder for development: libraries.txt says so.
std::optional<std::filesystem::path> library_file(const std::filesystem::path& folder,
                                                  std::string_view path) {
  std::ifstream lines(folder / "libraries.txt");
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string served;
    std::string file;
    if (words >> served >> file && served == path) {
      return folder / "node_modules" / file;
    }
  }
  return std::nullopt;
}

}  // namespace

bool is_page_path(std::string_view path) {
  if (path == "/") {
    return true;
  }
  return std::any_of(kPages.begin(), kPages.end(), [path](std::string_view page) {
    const std::string_view rest = path.substr(std::min<std::size_t>(path.size(), 1));
    return rest.starts_with(page) && (rest.size() == page.size() || rest[page.size()] == '/');
  });
}

std::string content_security_policy(std::string_view html) {
  constexpr std::string_view kMapBegin = "<script type=\"importmap\">";
  std::string scripts = "'self'";
  for (std::size_t at = html.find(kMapBegin); at != std::string_view::npos;
       at = html.find(kMapBegin, at)) {
    at += kMapBegin.size();
    const std::size_t end = html.find("</script>", at);
    scripts += " 'sha256-" + sha256_base64(html.substr(at, end - at)) + "'";
  }
  return "default-src 'none'; script-src " + scripts +
         "; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
         "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
         "require-trusted-types-for 'script'";
}

WebAssets::WebAssets(std::string folder)
    : folder_(std::move(folder)), hash_(folder_.empty() ? embedded_web_hash() : kHashOnDisk) {}

std::optional<WebAssets::File> WebAssets::find(std::string_view path) const {
  if (!folder_.empty()) {
    return read(path);
  }
  const auto files = embedded_web_files();
  const auto found = std::find_if(files.begin(), files.end(),
                                  [path](const WebFile& file) { return file.path == path; });
  if (found == files.end()) {
    return std::nullopt;
  }
  return File{std::string(found->bytes), std::string(found->gzip), std::string(found->sha256)};
}

std::optional<WebAssets::File> WebAssets::read(std::string_view path) const {
  if (!is_inside(path)) {
    return std::nullopt;
  }
  std::optional<std::string> bytes = read_file(std::filesystem::path(folder_) / path);
  if (!bytes) {
    const auto library = library_file(folder_, path);
    bytes = library ? read_file(*library) : std::nullopt;
  }
  if (!bytes) {
    return std::nullopt;
  }
  std::string sha256 = sha256_hex(*bytes);
  return File{std::move(*bytes), {}, std::move(sha256)};
}

HttpResponse WebAssets::page(const HttpRequest& request) const {
  std::optional<File> index = find("index.html");
  if (!index) {
    return not_there("The status page is not part of this build");
  }
  std::string html = std::move(index->bytes);
  const std::string assets = std::string(kAssets) + hash_;
  for (std::size_t at = html.find(kPlaceholder); at != std::string::npos;
       at = html.find(kPlaceholder, at + assets.size())) {
    html.replace(at, kPlaceholder.size(), assets);
  }
  HttpResponse response;
  response.content_type = type_of("index.html");
  response.headers = {{"Cache-Control", "no-cache"},
                      {"Content-Security-Policy", content_security_policy(html)},
                      {"Referrer-Policy", "no-referrer"},
                      {"X-Frame-Options", "DENY"},
                      {"Cross-Origin-Opener-Policy", "same-origin"}};
  if (!is_known(request, '"' + sha256_hex(html) + '"', response)) {
    response.body = std::move(html);
  }
  return response;
}

HttpResponse WebAssets::asset(const HttpRequest& request, std::string_view rest) const {
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos || rest.substr(0, slash) != hash_) {
    return not_there("The status page has been renewed: load it again");
  }
  const std::string_view path = rest.substr(slash + 1);
  std::optional<File> file = find(path);
  if (!file) {
    return not_there("There is nothing at this path");
  }
  HttpResponse response;
  response.content_type = type_of(path);
  response.headers = {
      {"Cache-Control", folder_.empty() ? "public, max-age=31536000, immutable" : "no-cache"},
      {"Vary", "Accept-Encoding"}};
  const bool is_gzip = !file->gzip.empty() && takes_gzip(request.header("accept-encoding"));
  // The two copies are not the same bytes: each has its own tag.
  if (is_known(request, '"' + file->sha256 + (is_gzip ? "-gzip\"" : "\""), response)) {
    return response;
  }
  if (is_gzip) {
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
  response.body = std::move(is_gzip ? file->gzip : file->bytes);
  return response;
}

std::optional<HttpResponse> WebAssets::answer(const HttpRequest& request,
                                              std::string_view path) const {
  if (request.method != "GET" && request.method != "HEAD") {
    return std::nullopt;
  }
  if (is_page_path(path)) {
    return page(request);
  }
  if (path.starts_with(kAssets)) {
    return asset(request, path.substr(kAssets.size()));
  }
  return std::nullopt;
}

}  // namespace dray::server
