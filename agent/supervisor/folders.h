#pragma once
#include <string>

#include "model/error.h"
#include "model/ids.h"

namespace dray::supervisor {

/// Where everything of one agent lies: one data folder, one agent, one supervisor.
class Folders {
 public:
  explicit Folders(std::string data) : data_(std::move(data)) {}

  /// Creates what is missing. Others may pass through the data folder to their scratch folders, and
  /// see nothing else.
  Result<void> create() const;

  [[nodiscard]] const std::string& data() const { return data_; }
  [[nodiscard]] std::string log(const AttemptKey& key) const {
    return data_ + "/logs/" + task_id(key) + ".log";
  }
  /// The working folder of an attempt.
  [[nodiscard]] std::string scratch(const AttemptKey& key) const {
    return scratches() + "/" + task_id(key);
  }
  /// Where the volumes of its pod are; no job enters it by its name.
  [[nodiscard]] std::string volumes(const AttemptKey& key) const {
    return scratch(key) + ".volumes";
  }
  [[nodiscard]] std::string scratches() const { return data_ + "/scratch"; }
  /// Scratch folders on their way out.
  [[nodiscard]] std::string trash() const { return data_ + "/trash"; }
  [[nodiscard]] std::string journal() const { return data_ + "/journal"; }
  [[nodiscard]] std::string socket() const { return data_ + "/supervisor.sock"; }
  [[nodiscard]] std::string supervisor_lock() const { return data_ + "/supervisor.lock"; }
  [[nodiscard]] std::string agent_lock() const { return data_ + "/agent.lock"; }
  [[nodiscard]] std::string agent_sequence() const { return data_ + "/sequence"; }
  [[nodiscard]] std::string supervisor_words() const { return data_ + "/supervisor.log"; }

 private:
  std::string data_;
};

/// Holds a file locked for as long as it lives; also over the death of the process.
class FolderLock {
 public:
  /// Refused when another process holds it.
  static Result<FolderLock> take(const std::string& path);
  /// The same, after two seconds: a holder that was killed may leave a child that holds it, too,
  /// and is just about to die.
  static Result<FolderLock> inherit(const std::string& path);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_ = -1;
};

/// CLOCK_BOOTTIME is the same for all processes of one boot; this names the boot.
std::string read_boot_id();

}  // namespace dray::supervisor
