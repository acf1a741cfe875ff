#include <iostream>
#include <string>

#include "examples/package-features/durable_file.h"
#include "examples/package-features/failure.h"
#include "examples/package-features/features.h"
#include "examples/package-features/steps.h"

namespace package_features {

void partition(const Layout& layout, std::uint32_t validation_percent) {
  if (validation_percent < 1 || validation_percent > 99) {
    throw Failure("the validation set is 1 to 99 percent");
  }
  constexpr std::size_t kSourceColumn = 3;
  const std::string matrix = read_file(layout.reduced("matrix.tsv"));
  DurableFile train(layout.set("train.tsv"));
  DurableFile validation(layout.set("validation.tsv"));
  std::uint64_t trained = 0;
  std::uint64_t validated = 0;
  bool is_header = true;
  for (const std::string_view line : pieces_of(matrix, '\n')) {
    if (line.empty()) {
      continue;
    }
    const std::vector<std::string_view> pieces = pieces_of(line, '\t');
    if (pieces.size() <= kSourceColumn) {
      throw Failure("a row of the matrix has too few columns");
    }
    const bool is_validation = stable_hash(pieces[kSourceColumn]) % 100 < validation_percent;
    if (is_header || !is_validation) {
      train.write(line);
      train.write("\n");
    }
    if (is_header || is_validation) {
      validation.write(line);
      validation.write("\n");
    }
    trained += !is_header && !is_validation ? 1 : 0;
    validated += !is_header && is_validation ? 1 : 0;
    is_header = false;
  }
  train.publish();
  validation.publish();
  std::cout << "train " << trained << " rows, validation " << validated << " rows\n";
}

}  // namespace package_features
