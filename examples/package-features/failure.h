#pragma once
#include <stdexcept>

namespace package_features {

/// What ends a step: main prints it and exits with 1, so that the job FAILED and may be retried.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace package_features
