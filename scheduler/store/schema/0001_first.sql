-- Times are milliseconds since 1970, UTC. UUIDs and tokens are 16 bytes, most significant first.
-- Lists and maps are bytes in the form of model/spec_bytes.h. Words are checked one by one: for an
-- IN of more than two SQLite builds a table of its own at every row.

CREATE TABLE cluster (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL,
  session INTEGER NOT NULL
) STRICT;
INSERT INTO cluster VALUES (1, 1, 0);

CREATE TABLE environment (
  name TEXT NOT NULL PRIMARY KEY,
  is_managed INTEGER NOT NULL,
  is_enabled INTEGER NOT NULL,
  vcpus_max INTEGER,
  uuid TEXT NOT NULL,
  tags BLOB NOT NULL,
  as_given TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE queue (
  name TEXT NOT NULL PRIMARY KEY,
  is_enabled INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  environments BLOB NOT NULL,
  job_environment BLOB NOT NULL,
  tags BLOB NOT NULL,
  as_given TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE definition (
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status = 'ACTIVE' OR status = 'INACTIVE'),
  container BLOB NOT NULL,
  parameters BLOB NOT NULL,
  retry BLOB NOT NULL,
  retry_given INTEGER NOT NULL,
  timeout_us INTEGER,
  tags BLOB NOT NULL,
  propagate_tags INTEGER NOT NULL,
  scheduling_priority INTEGER NOT NULL,
  platform_capabilities BLOB NOT NULL,
  as_given TEXT NOT NULL,
  PRIMARY KEY (name, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  environment TEXT NOT NULL,
  milli_vcpus INTEGER NOT NULL,
  memory_mib INTEGER NOT NULL,
  gpus INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  folder TEXT NOT NULL,
  incarnation INTEGER NOT NULL,
  hello_sequence INTEGER NOT NULL,
  session INTEGER NOT NULL,
  is_draining INTEGER NOT NULL
) STRICT;

-- One row for a single job or a whole array. What never changes and is long is in `spec`.
CREATE TABLE job (
  id INTEGER PRIMARY KEY,
  uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
  name TEXT NOT NULL,
  queue TEXT NOT NULL,
  definition TEXT NOT NULL,
  revision INTEGER NOT NULL,
  array_size INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state = 'SUBMITTED' OR state = 'PENDING' OR state = 'RUNNABLE' OR
                             state = 'STARTING' OR state = 'RUNNING' OR state = 'SUCCEEDED' OR
                             state = 'FAILED'),
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  stopped_at INTEGER,
  attempts_made INTEGER NOT NULL,
  status_reason TEXT NOT NULL,
  is_cancelled INTEGER NOT NULL,
  is_terminated INTEGER NOT NULL,
  -- Children of an array by state.
  submitted INTEGER NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0,
  runnable INTEGER NOT NULL DEFAULT 0,
  starting INTEGER NOT NULL DEFAULT 0,
  running INTEGER NOT NULL DEFAULT 0,
  succeeded INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  counted_at INTEGER NOT NULL DEFAULT 0
) STRICT;
-- ListJobs by state, and the counts of what has not ended.
CREATE INDEX job_by_state ON job (queue, state);
-- ListJobs with a filter: newest first; the filters are answered from the index alone.
CREATE INDEX job_by_creation ON job (queue, created_at, id, name, definition, revision);
CREATE INDEX job_by_name ON job (queue, name COLLATE NOCASE, created_at, id);
-- Recovery reads what has not ended, however much has.
CREATE INDEX job_open_array ON job (queue)
  WHERE array_size > 0 AND state NOT IN ('SUCCEEDED', 'FAILED');
CREATE INDEX job_open ON job (id) WHERE state NOT IN ('SUCCEEDED', 'FAILED');

-- How many jobs of a queue have ended, children counted one by one: never counted anew.
CREATE TABLE ended_count (
  queue TEXT NOT NULL PRIMARY KEY,
  succeeded INTEGER NOT NULL,
  failed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER job_added_ended AFTER INSERT ON job WHEN NEW.state IN ('SUCCEEDED', 'FAILED')
BEGIN
  INSERT INTO ended_count VALUES (
    NEW.queue,
    iif(NEW.array_size = 0, NEW.state = 'SUCCEEDED', NEW.succeeded),
    iif(NEW.array_size = 0, NEW.state = 'FAILED', NEW.failed))
  ON CONFLICT DO UPDATE SET succeeded = succeeded + excluded.succeeded,
                            failed = failed + excluded.failed;
END;
CREATE TRIGGER job_ended AFTER UPDATE OF state ON job
  WHEN OLD.state NOT IN ('SUCCEEDED', 'FAILED') AND NEW.state IN ('SUCCEEDED', 'FAILED')
BEGIN
  INSERT INTO ended_count VALUES (
    NEW.queue,
    iif(NEW.array_size = 0, NEW.state = 'SUCCEEDED', NEW.succeeded),
    iif(NEW.array_size = 0, NEW.state = 'FAILED', NEW.failed))
  ON CONFLICT DO UPDATE SET succeeded = succeeded + excluded.succeeded,
                            failed = failed + excluded.failed;
END;

CREATE TABLE spec (
  job INTEGER PRIMARY KEY REFERENCES job (id),
  depends_on INTEGER NOT NULL,  -- How many dependencies on other jobs the spec names.
  bytes BLOB NOT NULL
) STRICT;

-- Children that ended without an attempt of their own deciding it.
CREATE TABLE children_ended (
  job INTEGER NOT NULL REFERENCES job (id),
  first INTEGER NOT NULL CHECK (first >= 0),
  last INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state = 'SUCCEEDED' OR state = 'FAILED'),
  status_reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  is_cancelled INTEGER NOT NULL,
  is_terminated INTEGER NOT NULL,
  PRIMARY KEY (job, first),
  CHECK (last >= first)
) STRICT, WITHOUT ROWID;

-- Written at its start and at its end, for every child: no index but the key.
CREATE TABLE attempt (
  job INTEGER NOT NULL REFERENCES job (id),
  child INTEGER NOT NULL CHECK (child >= -1),
  number INTEGER NOT NULL CHECK (number >= 1),
  token BLOB NOT NULL CHECK (length(token) = 16),
  agent INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state = 'AHEAD' OR state = 'STARTING' OR state = 'RUNNING' OR
                             state = 'ENDED'),
  ordered_at INTEGER NOT NULL,
  started_at INTEGER,
  stopped_at INTEGER,
  outcome TEXT CHECK (outcome = 'SUCCEEDED' OR outcome = 'FAILED' OR outcome = 'KILLED' OR
                      outcome = 'TIMED_OUT' OR outcome = 'OUT_OF_MEMORY' OR
                      outcome = 'LAUNCH_FAILED' OR outcome = 'LOST' OR outcome = 'STOPPED'),
  exit_code INTEGER,
  reason TEXT,
  status_reason TEXT,
  cpu_ms INTEGER,
  memory_peak_kib INTEGER,
  stop_requested INTEGER NOT NULL,
  stop_reason TEXT NOT NULL,
  is_final INTEGER NOT NULL,
  PRIMARY KEY (job, child, number),
  CHECK ((state = 'ENDED') = (outcome IS NOT NULL))
) STRICT, WITHOUT ROWID;
