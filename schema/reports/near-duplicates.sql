-- Groups of documents that are copies of each other, as triage duplicates found them
WITH copies AS (
    SELECT
        MIN(d.id) AS document,
        COUNT(*) AS documents,
        COUNT(*) FILTER (WHERE n.is_equal) AS equal,
        COUNT(*) FILTER (WHERE NOT n.is_equal) AS alike,
        COUNT(DISTINCT d.source) AS sources,
        MIN(date(d.time)) AS first_day,
        MAX(date(d.time)) AS last_day
    FROM near_duplicates AS n
    JOIN documents AS d ON d.id = n.document_id AND d.gone_at IS NULL
    WHERE n.document_id IN (
        SELECT document_id FROM run_documents
        WHERE run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id))
    GROUP BY n.group_id
    HAVING COUNT(*) > 1
)
SELECT
    c.document,
    c.documents,
    c.equal,
    c.alike,
    c.sources,
    c.first_day,
    c.last_day,
    d.text AS text
FROM copies AS c
JOIN documents AS d ON d.id = c.document
ORDER BY c.documents DESC, c.document
