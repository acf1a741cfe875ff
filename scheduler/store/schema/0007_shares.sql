-- What each share of a fair-share queue had used at a moment (scheduler/core/share_use.h), written
-- whenever it begins to hold more or less.
CREATE TABLE share_use (
  queue TEXT NOT NULL,
  share TEXT NOT NULL,
  vcpus INTEGER NOT NULL,
  memory INTEGER NOT NULL,
  gpus INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (queue, share)
) STRICT, WITHOUT ROWID;

-- A definition without a schedulingPriority is another thing than one with 0. Until now both were
-- 0, and it had no effect.
UPDATE definition SET scheduling_priority = -1 WHERE scheduling_priority = 0;

-- ListJobs by share, newest first. Jobs of other queues have none and are not in the index.
ALTER TABLE job ADD COLUMN share TEXT NOT NULL DEFAULT '';
CREATE INDEX job_by_share ON job (queue, share, created_at, id) WHERE share <> '';

-- AWS's unmanagedvCpus. Environments of before have it in as_given alone, until they are updated.
ALTER TABLE environment ADD COLUMN unmanaged_vcpus INTEGER;
