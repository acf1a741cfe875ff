#include "cli/credentials.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include "cli/local_system.h"

namespace dray::cli {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Where a file may be, the best first.
std::vector<std::string> places() {
  const std::string named = variable("AWS_SHARED_CREDENTIALS_FILE");
  if (!named.empty()) {
    return {named};
  }
  std::vector<std::string> files;
  if (const Result<std::string> folder = LocalSystem::data_folder("")) {
    files.push_back(LocalSystem(*folder).credentials_file());
  }
  if (const std::string home = variable("HOME"); !home.empty()) {
    files.push_back(home + "/.aws/credentials");
  }
  return files;
}

}  // namespace

auth::Credentials read_profile(std::string_view text, std::string_view profile) {
  auth::Credentials found;
  bool is_inside = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('[')) {
      is_inside = trimmed(line.substr(1, line.find(']') - 1)) == profile;
      continue;
    }
    const std::size_t equals = line.find('=');
    if (!is_inside || line.starts_with('#') || equals == std::string_view::npos) {
      continue;
    }
    const std::string_view name = trimmed(line.substr(0, equals));
    const std::string value(trimmed(line.substr(equals + 1)));
    if (name == "aws_access_key_id") {
      found.key_id = value;
    } else if (name == "aws_secret_access_key") {
      found.secret = value;
    } else if (name == "aws_session_token") {
      found.session_token = value;
    } else if (name == "region") {
      found.region = value;
    }
  }
  return found;
}

auth::Credentials read_credentials(const std::string& file) {
  std::ifstream in(file);
  return read_profile(std::string{std::istreambuf_iterator<char>(in), {}}, "default");
}

FoundCredentials find_credentials() {
  FoundCredentials found;
  found.credentials.key_id = variable("AWS_ACCESS_KEY_ID");
  found.credentials.secret = variable("AWS_SECRET_ACCESS_KEY");
  found.credentials.session_token = variable("AWS_SESSION_TOKEN");
  found.source = "AWS_ACCESS_KEY_ID";
  if (found.credentials.is_empty()) {
    found = {};
    const std::string profile = variable("AWS_PROFILE");
    for (const std::string& place : places()) {
      std::ifstream file(place);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      auth::Credentials read = read_profile(text, profile.empty() ? "default" : profile);
      if (!read.is_empty()) {
        found = {std::move(read), place};
        break;
      }
    }
  }
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (const std::string region = variable(name); !region.empty()) {
      found.credentials.region = region;
      break;
    }
  }
  return found;
}

}  // namespace dray::cli
