#pragma once
#include <string>

#include "model/catalogue.h"

namespace dray {

/// As AWS's messages have it: "SchedulingPolicy".
std::string word_of(ResourceKind kind);
/// "SchedulingPolicy fair does not exist": clients look for the last three words.
std::string missing(const EntryKey& key);

}  // namespace dray
