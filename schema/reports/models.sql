-- Models that served each run and analysis: name, revision and options
SELECT
    r.name AS run,
    m.analysis AS analysis,
    m.name AS model,
    m.revision AS revision,
    CAST(m.options AS TEXT) AS options
FROM models AS m
JOIN runs AS r ON r.id = m.run_id
WHERE :run_id IS NULL OR m.run_id = :run_id
ORDER BY r.id DESC, m.analysis, m.name, m.revision, m.id
