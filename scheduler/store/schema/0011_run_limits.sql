-- How many jobs of a queue may run at once, all of them and by name (no names: a count of zero).
ALTER TABLE queue ADD COLUMN running_max INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queue ADD COLUMN running_max_by_name BLOB NOT NULL DEFAULT x'00';
