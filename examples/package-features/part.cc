#include "examples/package-features/part.h"

#include <charconv>
#include <cstdio>
#include <string>

#include "examples/package-features/failure.h"

namespace package_features {

namespace {

constexpr std::size_t kRowPieces = 11;

std::string numbered(const char* form, std::uint32_t index) {
  char name[32];
  std::snprintf(name, sizeof name, form, index);
  return name;
}

std::string format_end(const Counts& counts) {
  return "end\t" + std::to_string(counts.records) + "\t" + std::to_string(counts.kept) + "\t" +
         std::to_string(counts.repaired) + "\t" + std::to_string(counts.rejected) + "\n";
}

void append_row(std::string& out, const Row& row) {
  const Package& package = row.package;
  for (const std::string& text :
       {std::string("row"), package.name, package.version, package.architecture, package.source,
        package.section, package.priority, std::to_string(package.installed_kib),
        std::to_string(package.download_bytes)}) {
    out.append(text).append("\t");
  }
  for (std::size_t i = 0; i < package.dependencies.size(); ++i) {
    out.append(i == 0 ? "" : " ").append(package.dependencies[i]);
  }
  out.append("\t");
  bool is_first = true;
  for (const auto& [column, count] : row.features) {
    out.append(is_first ? "" : " ").append(std::to_string(column));
    out.append(":").append(std::to_string(count));
    is_first = false;
  }
  out.append("\n");
}

Row parse_row(const std::vector<std::string_view>& pieces) {
  if (pieces.size() != kRowPieces) {
    throw Failure("a row of a part has " + std::to_string(pieces.size()) + " pieces");
  }
  Row row;
  row.package.name = pieces[1];
  row.package.version = pieces[2];
  row.package.architecture = pieces[3];
  row.package.source = pieces[4];
  row.package.section = pieces[5];
  row.package.priority = pieces[6];
  row.package.installed_kib = parse_number(pieces[7]);
  row.package.download_bytes = parse_number(pieces[8]);
  for (const std::string_view name : pieces_of(pieces[9], ' ')) {
    row.package.dependencies.emplace_back(name);
  }
  for (const std::string_view feature : pieces_of(pieces[10], ' ')) {
    const std::vector<std::string_view> both = pieces_of(feature, ':');
    if (both.size() != 2) {
      throw Failure("a feature is not column:count");
    }
    row.features[static_cast<std::uint32_t>(parse_number(both[0]))] =
        static_cast<std::uint32_t>(parse_number(both[1]));
  }
  return row;
}

}  // namespace

Counts& Counts::operator+=(const Counts& other) {
  records += other.records;
  kept += other.kept;
  repaired += other.repaired;
  rejected += other.rejected;
  return *this;
}

std::filesystem::path Layout::shard(std::uint32_t index) const {
  return work / "shards" / numbered("shard-%05u.txt", index);
}

std::filesystem::path Layout::part(std::uint32_t index) const {
  return work / "features" / numbered("part-%05u.tsv", index);
}

std::vector<std::string_view> pieces_of(std::string_view line, char separator) {
  std::vector<std::string_view> pieces;
  if (line.empty()) {
    return pieces;
  }
  std::size_t begin = 0;
  for (std::size_t end = line.find(separator); end != std::string_view::npos;
       end = line.find(separator, begin)) {
    pieces.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  pieces.push_back(line.substr(begin));
  return pieces;
}

std::uint64_t parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Failure("not a number: " + std::string(text));
  }
  return number;
}

std::string format_part(const Part& part) {
  std::string out;
  for (const Row& row : part.rows) {
    append_row(out, row);
  }
  for (const Malformed& record : part.rejected) {
    out.append("rejected\t" + record.name + "\t" + record.reason + "\n");
  }
  return out + format_end(part.counts);
}

Part parse_part(std::string_view text) {
  Part part;
  bool has_end = false;
  for (const std::string_view line : pieces_of(text, '\n')) {
    const std::vector<std::string_view> pieces = pieces_of(line, '\t');
    if (pieces.empty()) {
      continue;
    }
    if (pieces[0] == "row") {
      part.rows.push_back(parse_row(pieces));
    } else if (pieces[0] == "rejected" && pieces.size() == 3) {
      part.rejected.push_back({std::string(pieces[1]), std::string(pieces[2])});
    } else if (pieces[0] == "end" && pieces.size() == 5) {
      part.counts = {parse_number(pieces[1]), parse_number(pieces[2]), parse_number(pieces[3]),
                     parse_number(pieces[4])};
      has_end = true;
    } else {
      throw Failure("a part holds a line of an unknown kind");
    }
  }
  if (!has_end || part.rows.size() != part.counts.kept ||
      part.rejected.size() != part.counts.rejected) {
    throw Failure("a part is not whole");
  }
  return part;
}

}  // namespace package_features
