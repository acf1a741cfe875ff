#pragma once
#include <string>
#include <vector>

namespace dray::cli {

/// The ids this user submitted lately, oldest first, in a small file of theirs
/// ($XDG_STATE_HOME/dray/recent-jobs): what `last` means. Without such a file, none.
std::vector<std::string> recent_jobs(const std::string& url);
/// Best effort: a full or read-only home must not fail a submit.
void remember_job(const std::string& url, const std::string& id);

}  // namespace dray::cli
