-- Runs, newest first: what each has read, stored, found twice and rejected
SELECT
    r.name AS run,
    r.state AS state,
    r.created_at AS created_at,
    r.ingested_at AS ingested_at,
    r."read" AS "read",
    r.stored AS stored,
    r.duplicate AS duplicate,
    r.rejected AS rejected
FROM runs AS r
WHERE :run_id IS NULL OR r.id = :run_id
ORDER BY r.id DESC
