#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "api/auth/amz_time.h"
#include "api/auth/verifier.h"

/// Judges signatures for test_signature.py: a line of fields in hexadecimal on stdin (now, key id,
/// secret, method, target, body, then name and value of each header) is answered by "ok" or why
/// not.
namespace {

using namespace dray::auth;

std::string from_hex(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string judge(const std::vector<std::string>& fields, Verifier& verifier) {
  RequestParts parts{fields[3], fields[4], {}, fields[5]};
  for (std::size_t i = 6; i + 1 < fields.size(); i += 2) {
    parts.headers.emplace_back(fields[i], fields[i + 1]);
  }
  const auto find = [&](std::string_view id) { return id == fields[1] ? &fields[2] : nullptr; };
  const auto signer = verifier.verify(parts, find, parse_amz_time(fields[0]).value());
  return signer ? "ok" : signer.error().reason;
}

}  // namespace

int main() {
  Verifier verifier;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::vector<std::string> fields;
    for (std::string word; words >> word;) {
      fields.push_back(word == "-" ? "" : from_hex(word));
    }
    std::cout << judge(fields, verifier) << "\n";
  }
  return 0;
}
