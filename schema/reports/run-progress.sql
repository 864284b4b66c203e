-- Progress of each run that is not archived, and analysis, in documents
SELECT
    r.name AS run,
    j.analysis AS analysis,
    SUM(j.end_position - j.first_position) AS documents,
    SUM(CASE j.state WHEN 'done' THEN j.end_position - j.first_position - j.failed ELSE 0 END)
        AS done,
    SUM(CASE j.state WHEN 'running' THEN j.end_position - j.first_position ELSE 0 END)
        AS in_flight,
    SUM(CASE WHEN j.state IN ('pending', 'queued') THEN j.end_position - j.first_position ELSE 0 END)
        AS waiting,
    SUM(CASE WHEN j.state IN ('done', 'dead') THEN j.failed ELSE 0 END) AS dead,
    SUM(CASE j.state WHEN 'cancelled' THEN j.end_position - j.first_position ELSE 0 END)
        AS cancelled,
    SUM(CASE WHEN j.state IN ('done', 'dead') THEN j.reused ELSE 0 END) AS reused
FROM jobs AS j
JOIN runs AS r ON r.id = j.run_id
WHERE j.run_id IN (
    SELECT id FROM runs WHERE :run_id IS NULL AND archived_at IS NULL OR id = :run_id
)
GROUP BY r.id, r.name, j.analysis
ORDER BY r.id DESC, j.analysis
