-- Documents that were left alone, by analysis and reason, most frequent first
SELECT
    a.analysis AS analysis,
    a.reason AS reason,
    COUNT(*) AS documents,
    COUNT(DISTINCT a.run_id) AS runs
FROM abstentions AS a
WHERE a.run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id)
GROUP BY a.analysis, a.reason
ORDER BY documents DESC, a.analysis, a.reason
