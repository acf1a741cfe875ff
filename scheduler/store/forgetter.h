#pragma once
#include <vector>

#include "model/retention.h"
#include "scheduler/store/database.h"

namespace dray::store {

/// Takes the rows of jobs away, by steps of bounded length. What belongs to a job is whatever table
/// says so in the schema: it REFERENCES job. Throws SqlError.
class Forgetter {
 public:
  /// `database` has the newest schema and outlives this.
  explicit Forgetter(Database& database);
  void forget(const Forgetting& forgetting);

 private:
  std::vector<Statement> drop_rows_;  ///< Of every table that belongs to jobs.
  std::vector<Statement> drop_children_;
  Statement drop_spec_;
  Statement drop_job_;
};

}  // namespace dray::store
