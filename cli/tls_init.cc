#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/certificates.h"
#include "cli/exit_codes.h"
#include "cli/verbs.h"

namespace dray::cli {
namespace {

constexpr int kAuthorityDays = 3650;
constexpr mode_t kPublic = 0644;
constexpr mode_t kSecret = 0600;

int fail_with(const std::string& reason) {
  say("dray: " + reason);
  return kFailed;
}

std::string own_host_name() {
  char name[256] = "";
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

/// Beside the old file, then in its place: whoever reads it has one or the other.
Result<void> write_file(const std::string& path, const std::string& text, mode_t mode) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  const bool is_written =
      file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  if (file >= 0) {
    ::close(file);
  }
  if (!is_written || ::rename(fresh.c_str(), path.c_str()) != 0) {
    return refuse(ErrorCode::Unavailable,
                  "cannot write " + path + ": " + std::strerror(is_written ? errno : error));
  }
  return {};
}

Result<void> write_pair(const std::string& folder, const std::string& name,
                        const Certificate& pair) {
  return write_file(folder + "/" + name + "-key.pem", pair.key, kSecret).and_then([&] {
    return write_file(folder + "/" + name + ".pem", pair.text, kPublic);
  });
}

/// The folder's authority, made when there is none: clients go on trusting the one they know.
Result<Certificate> authority_in(const std::string& folder) {
  const std::string text = folder + "/ca.pem";
  const std::string key = folder + "/ca-key.pem";
  if (exists(text) != exists(key)) {
    return refuse(ErrorCode::Conflict, folder + " has only one of ca.pem and ca-key.pem");
  }
  if (exists(text)) {
    return Certificate{file_text(text), file_text(key)};
  }
  Result<Certificate> made = make_authority("Dray CA of " + own_host_name(), kAuthorityDays);
  if (made) {
    const Result<void> written = write_pair(folder, "ca", *made);
    if (!written) {
      return tl::unexpected(written.error());
    }
  }
  return made;
}

}  // namespace

int run_tls_init(Session& session, const TlsOptions& options) {
  std::vector<std::string> names = options.names;
  if (names.empty()) {
    names.push_back(own_host_name());
  }
  for (const char* own : {"localhost", "127.0.0.1", "::1"}) {
    names.emplace_back(own);
  }
  const std::string& folder = options.folder;
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail_with("cannot make " + folder + ": " + std::strerror(errno));
  }
  const bool is_old = exists(folder + "/ca.pem");
  const Result<Certificate> authority = authority_in(folder);
  if (!authority) {
    return fail_with(authority.error().reason);
  }
  const Result<Certificate> server = make_server_certificate(*authority, names, options.days);
  if (!server) {
    return fail_with(server.error().reason);
  }
  const Result<void> written = write_pair(folder, "server", *server);
  if (!written) {
    return fail_with(written.error().reason);
  }
  std::string all;
  for (const std::string& name : names) {
    all += (all.empty() ? "" : ", ") + name;
  }
  session.note("A certificate for " + all + ", valid for " + std::to_string(options.days) +
               " days, signed by " + (is_old ? "the CA that was there." : "a CA of its own."));
  session.note("Scheduler:  --tls-cert " + folder + "/server.pem --tls-key " + folder +
               "/server-key.pem");
  session.note("Clients:    AWS_CA_BUNDLE=" + folder + "/ca.pem (copy this file, and no other)");
  return kDone;
}

}  // namespace dray::cli
