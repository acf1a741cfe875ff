-- How long a job may stand blocked at the head of a queue: a line `CODE SECONDS` for each action.
ALTER TABLE queue ADD COLUMN time_limits TEXT NOT NULL DEFAULT '';
-- Until now they were kept as they were given, and had no effect.
UPDATE queue SET time_limits = coalesce(
  (SELECT group_concat((value ->> 'reason') || ' ' || (value ->> 'maxTimeSeconds') || char(10), '')
   FROM json_each(queue.as_given, '$.jobStateTimeLimitActions')
   WHERE value ->> 'reason' IN ('CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
                                'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE',
                                'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT')),
  '')
WHERE json_valid(as_given);
