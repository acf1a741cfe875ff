#pragma once
#include <cstdint>
#include <string>

#include "model/error.h"

namespace dray {

/// The two numbers that only grow over the lives of an agent (F4), in a small file.
class SequenceFile {
 public:
  /// Reads them and begins a new incarnation, on disk when this returns.
  static Result<SequenceFile> open(const std::string& path);

  [[nodiscard]] std::uint64_t incarnation() const { return incarnation_; }
  [[nodiscard]] std::uint64_t sequence() const { return sequence_; }
  /// On disk when this returns true.
  bool store(std::uint64_t sequence);

 private:
  explicit SequenceFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
  std::uint64_t incarnation_ = 0;
  std::uint64_t sequence_ = 0;
};

}  // namespace dray
