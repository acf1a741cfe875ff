#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/core/supervisor_action.h"
#include "agent/core/supervisor_event.h"
#include "model/error.h"

namespace dray::supervisor {

/// The supervisor's memory over its death: attempts seen (before they are executed, F7) and exit
/// records (F8), appended, one fsync a batch, a checksum a record. Written anew when it is opened
/// and when it has grown long, so that it holds what is needed and no more.
class Journal {
 public:
  /// Reads what is there, up to the first broken record (a write cut short), and writes it anew.
  static Result<Journal> open(const std::string& path, const std::string& boot_id, Instant now);
  Journal(Journal&& other) noexcept;
  Journal& operator=(Journal&&) = delete;
  ~Journal();

  /// What was found, with Instants of another boot brought to `now`.
  [[nodiscard]] Started found() const;

  void write(const JournalSeen& action);
  void write(const JournalLaunching& action);
  void write(const JournalEnded& action);
  void write(const JournalAcknowledged& action);
  void write(const JournalForgotten& action);
  /// Everything written so far outlives this process when this returns true, though not yet a power
  /// cut. False: the disk took it not; try again later, nothing is lost meanwhile.
  bool write_out();
  /// Whether something was written out that must reach the disk.
  [[nodiscard]] bool needs_sync() const { return needs_sync_; }
  /// What to fdatasync, on any thread; then call `end_sync`. Written on meanwhile, never replaced.
  [[nodiscard]] int begin_sync();
  /// Everything written out before `begin_sync` is on disk when this returns true. False: as above.
  bool end_sync(bool is_synced);

 private:
  Journal(std::string path, std::string boot_id)
      : path_(std::move(path)), boot_id_(std::move(boot_id)) {}
  void load(const std::string& bytes, Instant now);
  bool rewrite();
  void reserve();
  void append(const std::string& record);

  std::string path_;
  std::string boot_id_;
  std::map<AttemptKey, SeenAttempt> seen_;
  std::map<AttemptKey, EndedAttempt> ended_;
  std::string pending_;
  bool needs_sync_ = false;
  bool is_syncing_ = false;
  bool is_doubtful_ = false;  ///< A sync failed: what the disk has of the file nobody knows.
  int file_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t reserved_ = 0;    ///< The file has room up to here, whatever the disk has.
  std::uint64_t rewrite_at_ = 0;  ///< Written anew when it is longer.
};

}  // namespace dray::supervisor
