-- Groups of documents that are copies of each other, as triage duplicates found them
WITH copies AS (
    SELECT
        MIN(d.id) AS document,
        COUNT(*) AS documents,
        COUNT(*) FILTER (WHERE n.is_equal) AS equal,
        COUNT(*) FILTER (WHERE NOT n.is_equal) AS alike,
        COUNT(DISTINCT d.source) AS sources,
        MIN(d.day) AS first_day,
        MAX(d.day) AS last_day
    FROM near_duplicates AS n
    JOIN current_documents AS d ON d.id = n.document_id
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
    (SELECT d.text FROM documents AS d WHERE d.id = c.document) AS text
FROM copies AS c
ORDER BY c.documents DESC, c.document
