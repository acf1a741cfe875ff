-- Scheduling policies, consumable resources, service environments and quota shares.
CREATE TABLE catalogue (
  kind TEXT NOT NULL CHECK (kind = 'scheduling-policy' OR kind = 'consumable-resource' OR
                            kind = 'service-environment' OR kind = 'quota-share'),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

ALTER TABLE queue ADD COLUMN scheduling_policy TEXT NOT NULL DEFAULT '';
-- No words: a count of zero.
ALTER TABLE queue ADD COLUMN service_environments BLOB NOT NULL DEFAULT x'00';
