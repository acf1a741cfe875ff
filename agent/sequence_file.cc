#include "agent/sequence_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

namespace dray {
namespace {

/// True when it is on disk. In one write: it is shorter than what a disk writes at once.
bool write_file(const std::string& path, int flags, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
  if (file < 0) {
    return false;
  }
  const bool is_written =
      ::pwrite(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file) == 0;
  ::close(file);
  return is_written;
}

std::string draw_name() {
  std::ifstream in("/proc/sys/kernel/random/uuid");
  std::string name;
  in >> name;
  return name;
}

}  // namespace

Result<SequenceFile> SequenceFile::open(const std::string& path) {
  SequenceFile file(path);
  std::ifstream in(path);
  if (in && !(in >> file.incarnation_ >> file.sequence_ >> file.folder_)) {
    return refuse(ErrorCode::Internal,
                  path + ": not two numbers and a name; remove it to begin anew");
  }
  if (file.folder_.empty()) {
    file.folder_ = draw_name();
  }
  file.incarnation_ += 1;
  if (!file.store(file.sequence_)) {
    return refuse(ErrorCode::Unavailable, path + ": " + std::strerror(errno));
  }
  return file;
}

/// A full disk must not keep an agent from its attempts until their lease is over: then the file is
/// written over where it is.
bool SequenceFile::store(std::uint64_t sequence) {
  sequence_ = sequence;
  const std::string text =
      std::to_string(incarnation_) + " " + std::to_string(sequence_) + " " + folder_ + "\n";
  const std::string aside = path_ + ".new";
  if (write_file(aside, O_CREAT | O_TRUNC, text)) {
    return ::rename(aside.c_str(), path_.c_str()) == 0;
  }
  ::unlink(aside.c_str());
  return write_file(path_, 0, text);
}

}  // namespace dray
