-- As somebody has changed it since it was submitted; null: as it was.
ALTER TABLE job ADD COLUMN priority INTEGER;
