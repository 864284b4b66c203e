-- Documents that were left alone, by analysis and reason, most frequent first
-- By run first: counting distinct runs of all rows at once would sort them.
WITH by_run AS (
    SELECT a.analysis, a.reason, a.run_id, COUNT(*) AS documents
    FROM abstentions AS a
    WHERE a.run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id)
    GROUP BY a.analysis, a.reason, a.run_id
)
SELECT
    a.analysis AS analysis,
    a.reason AS reason,
    SUM(a.documents) AS documents,
    COUNT(*) AS runs
FROM by_run AS a
GROUP BY a.analysis, a.reason
ORDER BY documents DESC, a.analysis, a.reason
