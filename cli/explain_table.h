#pragma once
#include <string>

#include "cli/session.h"

namespace dray::cli {

/// The sentence, what would make it start, then a line for each agent with what it has, what is
/// free and what it is short of.
std::string explanation_text(const Session& session, const wire::ExplanationView& explanation);

}  // namespace dray::cli
