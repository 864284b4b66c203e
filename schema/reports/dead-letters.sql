-- Dead letters by analysis, error and model, most frequent first
SELECT
    l.analysis AS analysis,
    l.error_class AS error_class,
    l.message AS message,
    m.name AS model,
    COUNT(*) AS documents,
    MAX(l.attempts) AS most_attempts,
    MIN(l.failed_at) AS first_failed_at,
    MAX(l.failed_at) AS last_failed_at
FROM dead_letters AS l
LEFT JOIN models AS m ON m.id = l.model_id
WHERE l.run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id)
GROUP BY l.analysis, l.error_class, l.message, m.name
ORDER BY documents DESC, l.analysis, l.error_class, l.message, m.name
