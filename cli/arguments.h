#pragma once
#include <string>
#include <variant>

#include "cli/options.h"

namespace dray::cli {

/// Nothing more to do: help was printed, or the command line is wrong and it was said why.
struct Finished {
  int exit_code = 0;
};

/// The command line, DRAY_URL among it, as values.
std::variant<Arguments, Finished> parse_arguments(int argc, const char* const* argv);

}  // namespace dray::cli
