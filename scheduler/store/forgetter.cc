#include "scheduler/store/forgetter.h"

#include <string>

namespace dray::store {

/// The table's and the column's names are the schema's own.
Forgetter::Forgetter(Database& database)
    : drop_spec_(database.prepare("DELETE FROM spec WHERE job = ?")),
      drop_job_(database.prepare("DELETE FROM job WHERE id = ?")) {
  Statement tables = database.prepare(
      "SELECT t.name, k.\"from\" FROM sqlite_schema AS t JOIN pragma_foreign_key_list(t.name) AS k "
      "WHERE t.type = 'table' AND k.\"table\" = 'job' ORDER BY t.name");
  while (tables.step()) {
    drop_rows_.push_back(database.prepare("DELETE FROM " + std::string(tables.text(0)) + " WHERE " +
                                          std::string(tables.text(1)) + " = ?"));
  }
  for (const char* rows :
       {"attempt WHERE job = ? AND child < ?", "job_note WHERE job = ? AND child < ?",
        "children_ended WHERE job = ? AND first < ?"}) {
    drop_children_.push_back(database.prepare("DELETE FROM " + std::string(rows)));
  }
}

/// Without a spec a job is neither described nor listed; counts, log tokens, repeated submits and
/// usage still see its rows.
void Forgetter::forget(const Forgetting& forgetting) {
  const std::uint64_t job = forgetting.job.value;
  switch (forgetting.step) {
    case ForgettingStep::Hidden:
      drop_spec_.run_with(job);
      return;
    case ForgettingStep::Thinned:
      for (Statement& drop : drop_children_) {
        drop.run_with(job, forgetting.before_child);
      }
      return;
    case ForgettingStep::Gone:
      for (Statement& drop : drop_rows_) {
        drop.run_with(job);
      }
      drop_job_.run_with(job);
      return;
  }
}

}  // namespace dray::store
