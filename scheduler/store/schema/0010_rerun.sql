-- The newest job when the array was reopened for a rerun; 0: never. `attempt.is_final` is 2 where the
-- child was run again after the attempt.
ALTER TABLE job ADD COLUMN reopened_after INTEGER NOT NULL DEFAULT 0;
-- What had ended goes on: it is counted again at its next end.
CREATE TRIGGER job_reopened AFTER UPDATE OF state ON job
  WHEN OLD.state IN ('SUCCEEDED', 'FAILED') AND NEW.state NOT IN ('SUCCEEDED', 'FAILED')
BEGIN
  UPDATE ended_count SET succeeded = succeeded - OLD.succeeded, failed = failed - OLD.failed
    WHERE queue = NEW.queue;
END;
