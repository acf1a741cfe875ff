#pragma once
#include <cstdint>
#include <string>

#include "model/error.h"

namespace dray {

/// The two numbers that only grow over the lives of an agent (F4), and the name of the data folder
/// in which they count, in a small file.
class SequenceFile {
 public:
  /// Reads them and begins a new incarnation, on disk when this returns.
  static Result<SequenceFile> open(const std::string& path);

  [[nodiscard]] std::uint64_t incarnation() const { return incarnation_; }
  [[nodiscard]] std::uint64_t sequence() const { return sequence_; }
  /// Drawn with the file.
  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// On disk when this returns true; also when the disk has no room left.
  bool store(std::uint64_t sequence);

 private:
  explicit SequenceFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
  std::uint64_t incarnation_ = 0;
  std::uint64_t sequence_ = 0;
  std::string folder_;
};

}  // namespace dray
