#pragma once
#include <span>
#include <string_view>

/// The files of the status page as they lie in the binary (cmake/embed.cmake).
namespace dray::server {

struct WebFile {
  std::string_view path;  ///< "app.js", "lib/preact.mjs".
  std::string_view bytes;
  std::string_view gzip;    ///< Empty when it would not be smaller.
  std::string_view sha256;  ///< Of the bytes, in hex.
};

/// By path.
std::span<const WebFile> embedded_web_files();
/// Of all of them: another one when any has changed.
std::string_view embedded_web_hash();

}  // namespace dray::server
