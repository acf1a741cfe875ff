#include "examples/package-features/durable_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "examples/package-features/failure.h"

namespace package_features {

namespace {

constexpr std::size_t kWriteAtOnce = 256 * 1024;

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
  throw Failure("cannot " + what + " " + path.string() + ": " + std::strerror(errno));
}

void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0 || ::fsync(descriptor) != 0) {
    fail("sync", folder);
  }
  ::close(descriptor);
}

}  // namespace

DurableFile::DurableFile(std::filesystem::path path) : path_(std::move(path)) {
  temporary_ = path_.parent_path() /
               ("." + path_.filename().string() + "." + std::to_string(::getpid()) + ".tmp");
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor_ < 0) {
    fail("create", temporary_);
  }
  // Whoever submitted reads the outputs, whatever umask the job was given.
  ::fchmod(descriptor_, 0644);
}

DurableFile::~DurableFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
  }
}

void DurableFile::write(std::string_view bytes) {
  waiting_.append(bytes);
  if (waiting_.size() >= kWriteAtOnce) {
    flush();
  }
}

void DurableFile::flush() {
  std::string_view rest = waiting_;
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) {
      fail("write", temporary_);
    }
    rest.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
  waiting_.clear();
}

void DurableFile::publish() {
  flush();
  if (::fsync(descriptor_) != 0) {
    fail("sync", temporary_);
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    fail("publish", path_);
  }
  ::close(std::exchange(descriptor_, -1));
  sync_folder(path_.parent_path());
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    fail("read", path);
  }
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace package_features
