#include "agent/supervisor/journal.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "agent/supervisor/attempt_bytes.h"

// File: records of u32 length, u32 CRC-32 of the body, body. The first body names the boot.
namespace dray::supervisor {
namespace {

enum class RecordKind : std::uint8_t { Boot = 1, Seen, Launching, Ended, Acknowledged, Forgotten };

constexpr std::size_t kRecordHead = 8;
/// Beyond this, and when most of it is of no use, the journal is written anew.
constexpr std::uint64_t kLong = 8 * 1024 * 1024;
/// Room for many exit records, so that a full disk does not keep an end from being told.
constexpr std::uint64_t kReserve = 1024 * 1024;

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1U) != 0 ? 0xEDB88320U ^ (crc >> 1U) : crc >> 1U;
    }
    table[byte] = crc;
  }
  return table;
}

std::uint32_t crc_of(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = make_crc_table();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes) {
    crc = kTable[(crc ^ static_cast<std::uint8_t>(byte)) & 0xFFU] ^ (crc >> 8U);
  }
  return ~crc;
}

std::string record_of(const ByteWriter& body) {
  ByteWriter head;
  head.u32(static_cast<std::uint32_t>(body.bytes().size()));
  head.u32(crc_of(body.bytes()));
  return head.take() + body.bytes();
}

ByteWriter body_of(RecordKind kind) {
  ByteWriter body;
  body.u8(static_cast<std::uint8_t>(kind));
  return body;
}

std::string boot_record(const std::string& boot_id) {
  ByteWriter body = body_of(RecordKind::Boot);
  body.string(boot_id);
  return record_of(body);
}

std::string seen_record(const AttemptKey& key, const AttemptToken& token) {
  ByteWriter body = body_of(RecordKind::Seen);
  write_key(body, key);
  write_token(body, token);
  return record_of(body);
}

std::string launching_record(const AttemptKey& key, Instant at) {
  ByteWriter body = body_of(RecordKind::Launching);
  write_key(body, key);
  write_instant(body, at);
  return record_of(body);
}

std::string ended_record(const EndedAttempt& ended) {
  ByteWriter body = body_of(RecordKind::Ended);
  write_ended(body, ended);
  return record_of(body);
}

bool write_all(int file, std::string_view bytes, std::uint64_t at) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written <= 0 && errno != EINTR) {
      return false;
    }
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
      at += static_cast<std::uint64_t>(written);
    }
  }
  return true;
}

bool sync_folder_of(const std::string& path) {
  const int folder =
      ::open(path.substr(0, path.rfind('/')).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_synced = folder >= 0 && ::fsync(folder) == 0;
  if (folder >= 0) {
    ::close(folder);
  }
  return is_synced;
}

}  // namespace

Result<Journal> Journal::open(const std::string& path, const std::string& boot_id, Instant now) {
  Journal journal(path, boot_id);
  std::ifstream in(path, std::ios::binary);
  if (in) {
    std::ostringstream bytes;
    bytes << in.rdbuf();
    journal.load(bytes.str(), now);
  } else if (errno != ENOENT) {  // To begin anew would lose what ended.
    return refuse(ErrorCode::Unavailable, path + ": " + std::strerror(errno));
  }
  if (!journal.rewrite()) {
    return refuse(ErrorCode::Unavailable, path + ": " + std::strerror(errno));
  }
  return journal;
}

Journal::Journal(Journal&& other) noexcept
    : path_(std::move(other.path_)),
      boot_id_(std::move(other.boot_id_)),
      seen_(std::move(other.seen_)),
      ended_(std::move(other.ended_)),
      pending_(std::move(other.pending_)),
      needs_sync_(other.needs_sync_),
      file_(std::exchange(other.file_, -1)),
      size_(other.size_),
      reserved_(other.reserved_),
      rewrite_at_(other.rewrite_at_) {}

Journal::~Journal() {
  if (file_ >= 0) {
    ::close(file_);
  }
}

void Journal::load(const std::string& bytes, Instant now) {
  bool is_this_boot = false;
  std::string_view rest = bytes;
  while (rest.size() >= kRecordHead) {
    ByteReader head(rest.substr(0, kRecordHead));
    const std::size_t length = head.u32();
    const std::uint32_t crc = head.u32();
    rest.remove_prefix(kRecordHead);
    if (length > rest.size() || crc_of(rest.substr(0, length)) != crc) {
      break;
    }
    ByteReader body(rest.substr(0, length));
    rest.remove_prefix(length);
    switch (static_cast<RecordKind>(body.u8())) {
      case RecordKind::Boot:
        is_this_boot = body.string() == boot_id_;
        break;
      case RecordKind::Seen: {
        const AttemptKey key = read_key(body);
        seen_[key] = {.key = key, .token = read_token(body)};
        break;
      }
      case RecordKind::Launching: {
        const auto seen = seen_.find(read_key(body));
        const Instant at = read_instant(body);
        if (seen != seen_.end()) {
          seen->second.launched_at = at;
        }
        break;
      }
      case RecordKind::Ended: {
        EndedAttempt ended = read_ended(body);
        seen_.erase(ended.key);
        ended_.insert_or_assign(ended.key, std::move(ended));
        break;
      }
      case RecordKind::Acknowledged: {
        const auto ended = ended_.find(read_key(body));
        if (ended != ended_.end()) {
          ended->second.is_acknowledged = true;
        }
        break;
      }
      case RecordKind::Forgotten:
        ended_.erase(read_key(body));
        break;
    }
  }
  if (is_this_boot) {
    return;
  }
  for (auto& [key, seen] : seen_) {
    if (seen.launched_at) {
      seen.launched_at = now;
    }
  }
  for (auto& [key, ended] : ended_) {
    if (ended.began_at) {
      ended.began_at = now - (ended.ended_at - *ended.began_at);
    }
    ended.ended_at = now;
  }
}

Started Journal::found() const {
  Started started;
  for (const auto& [key, seen] : seen_) {
    started.seen.push_back(seen);
  }
  for (const auto& [key, ended] : ended_) {
    started.ended.push_back(ended);
  }
  return started;
}

/// Write aside, fsync, rename, fsync the folder.
bool Journal::rewrite() {
  std::string bytes = boot_record(boot_id_);
  for (const auto& [key, seen] : seen_) {
    bytes += seen_record(key, seen.token);
    if (seen.launched_at) {
      bytes += launching_record(key, *seen.launched_at);
    }
  }
  for (const auto& [key, ended] : ended_) {
    bytes += ended_record(ended);
  }
  const std::string aside = path_ + ".new";
  const int file = ::open(aside.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    return false;
  }
  if (!write_all(file, bytes, 0) || ::fsync(file) != 0 ||
      ::rename(aside.c_str(), path_.c_str()) != 0 || !sync_folder_of(path_)) {
    ::close(file);
    return false;
  }
  if (file_ >= 0) {
    ::close(file_);
  }
  file_ = file;
  size_ = bytes.size();
  reserved_ = 0;
  rewrite_at_ = std::max(kLong, 2 * size_);
  pending_.clear();
  needs_sync_ = false;
  is_doubtful_ = false;
  reserve();
  return true;
}

/// While the disk has room.
void Journal::reserve() {
  if (size_ + kReserve / 2 > reserved_) {
    reserved_ = size_ + kReserve;
    ::fallocate(file_, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(reserved_));
  }
}

void Journal::append(const std::string& record) {
  pending_ += record;
}

void Journal::write(const JournalSeen& action) {
  seen_[action.key] = {.key = action.key, .token = action.token};
  append(seen_record(action.key, action.token));
  needs_sync_ = true;
}

void Journal::write(const JournalLaunching& action) {
  seen_[action.key].launched_at = action.at;
  append(launching_record(action.key, action.at));
}

void Journal::write(const JournalEnded& action) {
  seen_.erase(action.attempt.key);
  ended_.insert_or_assign(action.attempt.key, action.attempt);
  append(ended_record(action.attempt));
  needs_sync_ = true;
}

void Journal::write(const JournalAcknowledged& action) {
  ended_[action.key].is_acknowledged = true;
  ByteWriter body = body_of(RecordKind::Acknowledged);
  write_key(body, action.key);
  append(record_of(body));
}

void Journal::write(const JournalForgotten& action) {
  ended_.erase(action.key);
  ByteWriter body = body_of(RecordKind::Forgotten);
  write_key(body, action.key);
  append(record_of(body));
}

bool Journal::write_out() {
  if (!is_syncing_ && (is_doubtful_ || size_ + pending_.size() > rewrite_at_)) {
    if (rewrite()) {
      return true;
    }
    if (is_doubtful_) {
      return false;
    }
    rewrite_at_ += kReserve;  // No room for a second one: the old one goes on.
  }
  if (!pending_.empty()) {
    if (!write_all(file_, pending_, size_)) {
      return false;
    }
    size_ += pending_.size();
    pending_.clear();
    reserve();
  }
  return true;
}

int Journal::begin_sync() {
  is_syncing_ = true;
  needs_sync_ = false;
  return file_;
}

bool Journal::end_sync(bool is_synced) {
  is_syncing_ = false;
  is_doubtful_ = !is_synced;
  return is_synced || rewrite();  // A second sync of the same file would lie.
}

}  // namespace dray::supervisor
