-- Throughput of each worker and analysis; busy seconds count from claim to finish
SELECT
    j.worker AS worker,
    j.analysis AS analysis,
    COUNT(*) AS jobs,
    SUM(j.end_position - j.first_position) AS documents,
    ROUND(CAST(SUM(j.seconds) AS NUMERIC), 1) AS busy_seconds,
    ROUND(CAST(SUM(j.end_position - j.first_position) / NULLIF(SUM(j.seconds), 0) AS NUMERIC), 1)
        AS documents_per_second
FROM jobs AS j
WHERE j.state = 'done'
  AND j.run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id)
GROUP BY j.worker, j.analysis
ORDER BY j.worker, j.analysis
