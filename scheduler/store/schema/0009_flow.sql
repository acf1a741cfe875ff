-- What Dray adds to AWS's jobs: limits of an array (0: none), and whether somebody holds it.
ALTER TABLE job ADD COLUMN running_max INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN failed_max INTEGER NOT NULL DEFAULT 0;
-- Failures from before a rerun: they do not count.
ALTER TABLE job ADD COLUMN failed_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN is_held INTEGER NOT NULL DEFAULT 0;
