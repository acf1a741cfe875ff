-- A node of a multi-node job that has room and is not ordered yet.
ALTER TABLE attempt ADD COLUMN is_held INTEGER NOT NULL DEFAULT 0;
