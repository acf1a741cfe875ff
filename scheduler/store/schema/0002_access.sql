-- Access keys; the secret is sealed with the master key, which is not in the database.
CREATE TABLE access_key (
  id TEXT NOT NULL PRIMARY KEY,
  user TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role = 'viewer' OR role = 'submitter' OR role = 'operator' OR
                            role = 'admin'),
  queues TEXT NOT NULL,
  sealed_secret BLOB NOT NULL,
  is_active INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT, WITHOUT ROWID;

-- What a repeated SubmitJob is known by, for a day: rows come and go in the order of `job`.
CREATE TABLE invocation (
  job INTEGER PRIMARY KEY REFERENCES job (id),
  at INTEGER NOT NULL,
  key BLOB NOT NULL UNIQUE CHECK (length(key) = 16),
  body BLOB NOT NULL CHECK (length(body) = 16)
) STRICT;
