-- Longest documents that are surely negative and not marked as resolved, with their summaries
SELECT
    d.id AS document,
    d.time AS time,
    d.source AS source,
    d.product AS product,
    d.characters AS characters,
    -- By a subquery: only summaries of rows that are shown are looked up.
    (SELECT v.summary FROM v_documents AS v WHERE v.id = d.id) AS summary,
    ROUND(CAST(d.score AS NUMERIC), 3) AS score
FROM current_documents AS d
WHERE d.polarity = 'negative' AND d.resolved = 0
ORDER BY d.characters DESC, d.id
