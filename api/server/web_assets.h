#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "api/server/http_message.h"

namespace dray::server {

/// The status page: one index.html for every page's path, and the files it asks for below a path
/// that changes with their content, so that browsers may keep them for ever.
class WebAssets {
 public:
  /// Serves what is in the binary, or, for development, what lies in `folder` right now.
  explicit WebAssets(std::string folder = {});

  /// Nothing when `path` (decoded) is neither a page nor below /assets/.
  [[nodiscard]] std::optional<HttpResponse> answer(const HttpRequest& request,
                                                   std::string_view path) const;

 private:
  struct File {
    std::string bytes;
    std::string gzip;
    std::string sha256;
  };
  [[nodiscard]] std::optional<File> find(std::string_view path) const;
  [[nodiscard]] std::optional<File> read(std::string_view path) const;
  [[nodiscard]] HttpResponse page(const HttpRequest& request) const;
  [[nodiscard]] HttpResponse asset(const HttpRequest& request, std::string_view rest) const;

  std::string folder_;
  std::string hash_;
};

/// The policy of a page with this HTML: only its own files, and the import maps in it, run.
std::string content_security_policy(std::string_view html);
/// True for the paths that browsers show as pages.
bool is_page_path(std::string_view path);

}  // namespace dray::server
