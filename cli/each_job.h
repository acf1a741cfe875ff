#pragma once
#include <string>
#include <vector>

#include "cli/exit_codes.h"
#include "cli/resolve.h"
#include "cli/session.h"

namespace dray::cli {

/// Writes one thing about each job that was named, in the form -o asks for: `ask(id)` is a Reply of
/// an answer with its `json`, `text_of(answer)` the words for people, under the job's id when there
/// are several. Ends at the first question that fails, with its exit code.
template <class Ask, class TextOf>
int write_each_job(Session& session, const std::vector<std::string>& names, const Ask& ask,
                   const TextOf& text_of) {
  const client::Reply<std::vector<std::string>> ids = resolve_jobs(session, names);
  if (!ids) {
    return report(session, ids.error());
  }
  std::vector<std::string> json;
  std::string text;
  for (const std::string& id : *ids) {
    const auto answer = ask(id);
    if (!answer) {
      return report(session, answer.error());
    }
    json.push_back(answer->json);
    text += text.empty() ? "" : "\n";
    text += ids->size() > 1 ? id + "\n" : "";
    text += text_of(*answer);
  }
  write_things(session, json, *ids, text);
  return kDone;
}

}  // namespace dray::cli
