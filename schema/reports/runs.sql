-- Runs not archived, newest first, and what has become of the rows of each
SELECT
    r.name AS run,
    CASE
        WHEN r.deleted_at IS NOT NULL THEN 'deleting'
        WHEN r.cancelled_at IS NOT NULL THEN 'cancelled'
        WHEN r.paused_at IS NOT NULL THEN 'paused'
        ELSE r.state
    END AS state,
    r.created_at AS created_at,
    r.ingested_at AS ingested_at,
    r."read" AS "read",
    r.stored AS stored,
    r.updated AS updated,
    r.duplicate AS duplicate,
    r.rejected AS rejected,
    r.forgotten AS forgotten
FROM runs AS r
WHERE :run_id IS NULL AND r.archived_at IS NULL OR r.id = :run_id
ORDER BY r.id DESC
