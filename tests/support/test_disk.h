#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace dray {

/// A file layer for SQLite over the system's: records what is written and synced, and fails when
/// told to. One for the whole test program; one thread.
class TestDisk {
 public:
  static constexpr const char* kName = "test-disk";
  /// Registered with SQLite at the first call.
  static TestDisk& the_one();

  struct Operation {
    enum class Kind : std::uint8_t { Write, Truncate, Sync, Delete, Acknowledge };
    Kind kind = Kind::Write;
    std::string file;         ///< Its name without folders.
    std::int64_t offset = 0;  ///< Of a write; the new size; the number acknowledged.
    std::string bytes;
  };
  std::vector<Operation> operations;
  int write_result = 0;  ///< What every write and sync answers: SQLITE_OK, or an error.
  int sync_result = 0;

  void acknowledge(std::int64_t number) {
    operations.push_back({Operation::Kind::Acknowledge, "", number, ""});
  }
  /// Nothing recorded, nothing fails.
  void forget() {
    operations.clear();
    write_result = sync_result = 0;
  }
};

}  // namespace dray
