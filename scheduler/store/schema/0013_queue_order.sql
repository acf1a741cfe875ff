-- The order in which jobs of a queue without shares start.
ALTER TABLE queue ADD COLUMN dispatch_order TEXT NOT NULL DEFAULT 'backfill'
  CHECK (dispatch_order IN ('backfill', 'fifo-strict'));
