#include "cli/recent_jobs.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <sys/stat.h>

namespace dray::cli {
namespace {

constexpr std::size_t kKept = 100;

std::filesystem::path file_path() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') {
    return std::filesystem::path(state) / "dray" / "recent-jobs";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home != '/') {
    return {};
  }
  return std::filesystem::path(home) / ".local" / "state" / "dray" / "recent-jobs";
}

std::vector<std::string> read_lines(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

std::vector<std::string> recent_jobs(const std::string& url) {
  std::vector<std::string> ids;
  for (const std::string& line : read_lines(file_path())) {
    const std::size_t space = line.find(' ');
    if (space != std::string::npos && line.substr(space + 1) == url) {
      ids.push_back(line.substr(0, space));
    }
  }
  return ids;
}

void remember_job(const std::string& url, const std::string& id) {
  const std::filesystem::path path = file_path();
  if (path.empty()) {
    return;
  }
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  const std::vector<std::string> lines = read_lines(path);
  if (lines.size() < 2 * kKept) {
    // One short write in append mode: two shells at once do not lose each other's line.
    std::ofstream(path, std::ios::app) << (id + " " + url + "\n");
    return;
  }
  std::ostringstream kept;
  for (std::size_t i = lines.size() - kKept; i < lines.size(); ++i) {
    kept << lines[i] << "\n";
  }
  kept << id << " " << url << "\n";
  const std::filesystem::path fresh = path.string() + ".new";
  std::ofstream(fresh) << kept.str();
  std::filesystem::rename(fresh, path, ignored);
}

}  // namespace dray::cli
