-- What users said of a job or child that lived: a later word replaces the reason of an earlier one.
-- Everything else of a job's history is told by its other rows.
CREATE TABLE job_note (
  job INTEGER NOT NULL REFERENCES job (id),
  child INTEGER NOT NULL CHECK (child >= -1),
  number INTEGER NOT NULL CHECK (number >= 1),
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  said_by TEXT NOT NULL,
  PRIMARY KEY (job, child, number)
) STRICT, WITHOUT ROWID;

-- Retention looks for the rows of one job.
CREATE INDEX job_consumable_by_job ON job_consumable (job);
-- What has left the disk is not counted any more.
CREATE TRIGGER job_gone AFTER DELETE ON job WHEN OLD.state IN ('SUCCEEDED', 'FAILED')
BEGIN
  UPDATE ended_count SET
    succeeded = max(0, succeeded -
                       iif(OLD.array_size = 0, OLD.state = 'SUCCEEDED', OLD.succeeded)),
    failed = max(0, failed - iif(OLD.array_size = 0, OLD.state = 'FAILED', OLD.failed))
  WHERE queue = OLD.queue;
END;
