#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "examples/package-features/durable_file.h"
#include "examples/package-features/failure.h"
#include "examples/package-features/steps.h"

namespace package_features {

namespace {

void publish(const std::filesystem::path& path, std::string_view text) {
  DurableFile file(path);
  file.write(text);
  file.publish();
}

std::uint32_t shards_in(const Layout& layout) {
  const std::string text = read_file(layout.manifest());
  const auto lines = std::count(text.begin(), text.end(), '\n');
  if (lines < 2) {
    throw Failure("the manifest names no shards");
  }
  return static_cast<std::uint32_t>(lines - 1);
}

/// All parts as one, in an order that does not depend on how they were cut.
Part gather(const Layout& layout) {
  Part whole;
  const std::uint32_t shards = shards_in(layout);
  for (std::uint32_t shard = 0; shard < shards; ++shard) {
    Part part = parse_part(read_file(layout.part(shard)));
    whole.counts += part.counts;
    std::move(part.rows.begin(), part.rows.end(), std::back_inserter(whole.rows));
    std::move(part.rejected.begin(), part.rejected.end(), std::back_inserter(whole.rejected));
  }
  std::stable_sort(whole.rows.begin(), whole.rows.end(), [](const Row& a, const Row& b) {
    const Package& x = a.package;
    const Package& y = b.package;
    return std::tie(x.name, x.version, x.architecture) <
           std::tie(y.name, y.version, y.architecture);
  });
  return whole;
}

std::vector<std::uint64_t> document_frequencies(const std::vector<Row>& rows) {
  std::vector<std::uint64_t> frequencies(kFeatures, 0);
  for (const Row& row : rows) {
    for (const auto& [column, count] : row.features) {
      if (column >= kFeatures) {
        throw Failure("a feature is outside the matrix");
      }
      ++frequencies[column];
    }
  }
  return frequencies;
}

/// How many packages depend on each name.
std::map<std::string_view, std::uint64_t> dependents_of(const std::vector<Row>& rows) {
  std::map<std::string_view, std::uint64_t> dependents;
  for (const Row& row : rows) {
    for (const std::string& name : row.package.dependencies) {
      ++dependents[name];
    }
  }
  return dependents;
}

/// Term frequency times inverse document frequency, scaled to length 1.
std::string weights_of(const Row& row, const std::vector<std::uint64_t>& frequencies,
                       std::size_t documents) {
  std::vector<std::pair<std::uint32_t, double>> weights;
  double squares = 0;
  for (const auto& [column, count] : row.features) {
    const double rarity = std::log((1.0 + static_cast<double>(documents)) /
                                   (1.0 + static_cast<double>(frequencies[column])));
    const double weight = (1.0 + std::log(static_cast<double>(count))) * rarity;
    weights.emplace_back(column, weight);
    squares += weight * weight;
  }
  const double length = squares > 0 ? std::sqrt(squares) : 1.0;
  std::string out;
  for (const auto& [column, weight] : weights) {
    char text[48];
    std::snprintf(text, sizeof text, "%s%u:%.5f", out.empty() ? "" : " ", column, weight / length);
    out += text;
  }
  return out;
}

void write_matrix(const Layout& layout, const Part& whole,
                  const std::vector<std::uint64_t>& frequencies) {
  const std::map<std::string_view, std::uint64_t> dependents = dependents_of(whole.rows);
  DurableFile file(layout.reduced("matrix.tsv"));
  file.write(
      "name\tversion\tarchitecture\tsource\tsection\tpriority\tinstalled_kib\t"
      "download_bytes\tdependencies\tdependents\tfeatures\n");
  for (const Row& row : whole.rows) {
    const Package& package = row.package;
    const auto found = dependents.find(package.name);
    for (const std::string& text :
         {package.name, package.version, package.architecture, package.source, package.section,
          package.priority, std::to_string(package.installed_kib),
          std::to_string(package.download_bytes), std::to_string(package.dependencies.size()),
          std::to_string(found == dependents.end() ? 0 : found->second)}) {
      file.write(text);
      file.write("\t");
    }
    file.write(weights_of(row, frequencies, whole.rows.size()));
    file.write("\n");
  }
  file.publish();
}

void write_sections(const Layout& layout, const std::vector<Row>& rows) {
  struct Section {
    std::vector<std::uint64_t> installed_kib;
    std::uint64_t download_bytes = 0;
    std::uint64_t dependencies = 0;
  };
  std::map<std::string, Section> sections;
  for (const Row& row : rows) {
    Section& section = sections[row.package.section];
    section.installed_kib.push_back(row.package.installed_kib);
    section.download_bytes += row.package.download_bytes;
    section.dependencies += row.package.dependencies.size();
  }
  std::string text = "section\tpackages\tinstalled_kib_median\tdownload_bytes\tdependencies\n";
  for (auto& [name, section] : sections) {
    std::sort(section.installed_kib.begin(), section.installed_kib.end());
    const std::size_t packages = section.installed_kib.size();
    text += name + "\t" + std::to_string(packages) + "\t" +
            std::to_string(section.installed_kib[packages / 2]) + "\t" +
            std::to_string(section.download_bytes) + "\t" + std::to_string(section.dependencies) +
            "\n";
  }
  publish(layout.reduced("sections.tsv"), text);
}

void write_rejected(const Layout& layout, std::vector<Malformed> rejected) {
  std::stable_sort(rejected.begin(), rejected.end(), [](const Malformed& a, const Malformed& b) {
    return std::tie(a.name, a.reason) < std::tie(b.name, b.reason);
  });
  std::string text = "name\treason\n";
  for (const Malformed& record : rejected) {
    text += record.name + "\t" + record.reason + "\n";
  }
  publish(layout.reduced("rejected.tsv"), text);
}

}  // namespace

void reduce(const Layout& layout) {
  const Part whole = gather(layout);
  const std::vector<std::uint64_t> frequencies = document_frequencies(whole.rows);
  std::string columns = "column\tdocuments\n";
  std::uint64_t values = 0;
  for (std::uint32_t column = 0; column < kFeatures; ++column) {
    columns += std::to_string(column) + "\t" + std::to_string(frequencies[column]) + "\n";
    values += frequencies[column];
  }
  publish(layout.reduced("document_frequency.tsv"), columns);
  write_matrix(layout, whole, frequencies);
  write_sections(layout, whole.rows);
  write_rejected(layout, whole.rejected);
  const Counts& counts = whole.counts;
  publish(layout.reduced("summary.json"), "{\"records\": " + std::to_string(counts.records) +
                                              ", \"kept\": " + std::to_string(counts.kept) +
                                              ", \"repaired\": " + std::to_string(counts.repaired) +
                                              ", \"rejected\": " + std::to_string(counts.rejected) +
                                              ", \"columns\": " + std::to_string(kFeatures) +
                                              ", \"values\": " + std::to_string(values) + "}\n");
  std::cout << "reduced " << counts.records << " records to " << counts.kept << " rows and "
            << values << " values\n";
}

}  // namespace package_features
