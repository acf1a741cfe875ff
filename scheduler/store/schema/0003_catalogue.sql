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
-- What its jobs take of consumable resources; no needs: a count of zero.
ALTER TABLE definition ADD COLUMN consumables BLOB NOT NULL DEFAULT x'00';

-- Jobs by what they take, for ListJobsByConsumableResource: the newest first.
CREATE TABLE job_consumable (
  resource TEXT NOT NULL,
  job INTEGER NOT NULL REFERENCES job (id),
  PRIMARY KEY (resource, job)
) STRICT, WITHOUT ROWID;

-- No words: a count of zero.
ALTER TABLE queue ADD COLUMN service_environments BLOB NOT NULL DEFAULT x'00';
