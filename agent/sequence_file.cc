#include "agent/sequence_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

namespace dray {

Result<SequenceFile> SequenceFile::open(const std::string& path) {
  SequenceFile file(path);
  std::ifstream in(path);
  if (in && !(in >> file.incarnation_ >> file.sequence_)) {
    return refuse(ErrorCode::Internal, path + ": not two numbers; remove it to begin anew");
  }
  file.incarnation_ += 1;
  if (!file.store(file.sequence_)) {
    return refuse(ErrorCode::Unavailable, path + ": " + std::strerror(errno));
  }
  return file;
}

bool SequenceFile::store(std::uint64_t sequence) {
  sequence_ = sequence;
  const std::string text = std::to_string(incarnation_) + " " + std::to_string(sequence_) + "\n";
  const std::string aside = path_ + ".new";
  const int file = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) {
    return false;
  }
  const bool is_written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file) == 0;
  ::close(file);
  return is_written && ::rename(aside.c_str(), path_.c_str()) == 0;
}

}  // namespace dray
