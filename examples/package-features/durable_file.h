#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace package_features {

/// A file that appears whole or not at all: written under a temporary name in its folder, synced
/// and renamed by publish(). A step that is killed, or runs twice, never leaves half an output.
/// Throws Failure.
class DurableFile {
 public:
  explicit DurableFile(std::filesystem::path path);
  /// Removes the temporary file unless it was published.
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  void write(std::string_view bytes);
  void publish();

 private:
  void flush();

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::string waiting_;
  int descriptor_ = -1;
};

/// The whole file. Throws Failure.
std::string read_file(const std::filesystem::path& path);

}  // namespace package_features
