-- Sentiment by source, of all documents and with copies of one text counted once
-- key: source
-- share: classified_negative_percent = classified_negative / documents
-- share: without_copies_percent = negative_without_copies / _without_copies
WITH copied AS (
    -- A source counts a text once; which one is left does not matter, so it is the first.
    SELECT
        d.source AS source,
        d.polarity AS polarity,
        ROW_NUMBER() OVER (PARTITION BY d.source, n.group_id ORDER BY d.id) AS copy
    FROM near_duplicates AS n
    JOIN current_documents AS d ON d.id = n.document_id
    WHERE d.polarity IS NOT NULL
),
counted AS (
    SELECT
        source,
        COUNT(*) AS documents,
        COUNT(*) FILTER (WHERE polarity = 'negative') AS negative,
        0 AS copies,
        0 AS negative_copies
    FROM current_documents
    WHERE polarity IS NOT NULL
    GROUP BY source
    UNION ALL
    SELECT
        source, 0, 0, COUNT(*), COUNT(*) FILTER (WHERE polarity = 'negative')
    FROM copied
    WHERE copy > 1
    GROUP BY source
),
added AS (
    SELECT
        source,
        SUM(documents) AS documents,
        SUM(negative) AS negative,
        SUM(copies) AS copies,
        SUM(negative) - SUM(negative_copies) AS negative_without_copies,
        SUM(documents) - SUM(copies) AS without_copies
    FROM counted
    GROUP BY source
)
SELECT
    source,
    documents,
    negative AS classified_negative,
    ROUND(100.0 * negative / documents, 1) AS classified_negative_percent,
    copies,
    negative_without_copies,
    ROUND(100.0 * negative_without_copies / without_copies, 1) AS without_copies_percent,
    without_copies AS _without_copies
FROM added
ORDER BY documents DESC, source
