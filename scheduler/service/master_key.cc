#include "scheduler/service/master_key.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/auth/sealing.h"
#include "model/check.h"

namespace dray {
namespace {

namespace fs = std::filesystem;

std::string fresh_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  // Up to 256 bytes are never cut short once the pool is ready.
  CHECK(::getrandom(bytes.data(), count, 0) == static_cast<ssize_t>(count));
  return bytes;
}

/// `count` characters of an alphabet whose size divides 256.
std::string fresh_text(std::string_view alphabet, std::size_t count) {
  std::string text = fresh_bytes(count);
  for (char& c : text) {
    c = alphabet[static_cast<unsigned char>(c) % alphabet.size()];
  }
  return text;
}

/// A file that is whole or not there, readable by its owner alone.
Result<void> write_private(const fs::path& file, const std::string& text) {
  const fs::path half = file.string() + ".new";
  ::unlink(half.c_str());
  const int handle = ::open(half.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  bool is_written =
      handle >= 0 &&
      ::write(handle, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(handle) == 0;
  if (handle >= 0) {
    ::close(handle);
  }
  is_written = is_written && ::rename(half.c_str(), file.c_str()) == 0;
  const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  is_written = is_written && folder >= 0 && ::fsync(folder) == 0;
  const int why = errno;
  if (folder >= 0) {
    ::close(folder);
  }
  if (!is_written) {
    return refuse(ErrorCode::Unavailable,
                  "Cannot write " + file.string() + ": " + std::strerror(why) + ".");
  }
  return {};
}

}  // namespace

Result<auth::Digest> open_master_key(const fs::path& file, bool may_make) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    if (!may_make) {
      return refuse(ErrorCode::NotFound,
                    "The master key " + file.string() +
                        " is missing, without which no access key can be read: restore it.");
    }
    const std::string bytes = fresh_bytes(sizeof(auth::Digest));
    auth::Digest master{};
    std::memcpy(master.data(), bytes.data(), master.size());
    const Result<void> written = write_private(file, auth::to_hex(master) + "\n");
    if (!written) {
      return tl::unexpected(written.error());
    }
    return master;
  }
  if ((status.st_mode & 077U) != 0) {
    return refuse(ErrorCode::NotAllowed,
                  "The master key " + file.string() + " may be read by others: chmod 600 it.");
  }
  std::ifstream in(file);
  std::string text;
  in >> text;
  const std::optional<auth::Digest> master = auth::parse_hex(text);
  if (!master) {
    return refuse(ErrorCode::BadRequest,
                  "The master key " + file.string() + " is not 64 hexadecimal digits.");
  }
  return *master;
}

FreshKey make_access_key(const auth::Digest& master, std::string user, Role role,
                         std::string queues) {
  constexpr std::string_view kIdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  constexpr std::string_view kSecretAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  FreshKey fresh;
  fresh.secret = fresh_text(kSecretAlphabet, 40);
  fresh.key.id = "DRAY" + fresh_text(kIdAlphabet, 16);
  fresh.key.user = std::move(user);
  fresh.key.role = role;
  fresh.key.queues = std::move(queues);
  fresh.key.sealed_secret = auth::seal(master, fresh.key.id, fresh.secret, fresh_bytes(12));
  return fresh;
}

Result<void> write_credentials(const fs::path& file, const FreshKey& key,
                               const std::string& region) {
  return write_private(file,
                       "# The first access key of this Dray (role admin): it can do everything.\n"
                       "[default]\n"
                       "aws_access_key_id = " +
                           key.key.id +
                           "\n"
                           "aws_secret_access_key = " +
                           key.secret +
                           "\n"
                           "region = " +
                           region + "\n");
}

}  // namespace dray
