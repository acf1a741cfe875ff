-- As somebody has changed it since the job was submitted; null: as it was.
ALTER TABLE job ADD COLUMN priority INTEGER;
-- Of an array that is not held as a whole: the children that are, like 3,7-9.
ALTER TABLE job ADD COLUMN held_children TEXT NOT NULL DEFAULT '';
