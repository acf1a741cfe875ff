#pragma once
#include <string>
#include <vector>

#include "model/error.h"

namespace dray::cli {

/// Both in PEM.
struct Certificate {
  std::string text;
  std::string key;
};

/// An authority of one's own, for certificates of servers and nothing below.
Result<Certificate> make_authority(const std::string& name, int days);

/// A server's certificate for these names and addresses, signed by `authority`. BadRequest when one
/// of them is none, or the authority cannot be read.
Result<Certificate> make_server_certificate(const Certificate& authority,
                                            const std::vector<std::string>& names, int days);

}  // namespace dray::cli
