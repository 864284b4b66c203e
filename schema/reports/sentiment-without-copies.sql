-- Sentiment by source, of all documents and with copies of one text counted once
-- key: source
-- share: classified_negative_percent = classified_negative / documents
-- share: without_copies_percent = negative_without_copies / _without_copies
WITH counted AS (
    SELECT
        d.source AS source,
        d.polarity AS polarity,
        -- A source counts a text once; which one is left does not matter, so it is the first.
        ROW_NUMBER() OVER (
            PARTITION BY d.source, COALESCE(n.group_id, -d.id) ORDER BY d.id
        ) AS copy
    FROM v_documents AS d
    LEFT JOIN near_duplicates AS n ON n.document_id = d.id
    WHERE d.polarity IS NOT NULL
)
SELECT
    source,
    COUNT(*) AS documents,
    COUNT(*) FILTER (WHERE polarity = 'negative') AS classified_negative,
    ROUND(100.0 * COUNT(*) FILTER (WHERE polarity = 'negative') / COUNT(*), 1)
        AS classified_negative_percent,
    COUNT(*) FILTER (WHERE copy > 1) AS copies,
    COUNT(*) FILTER (WHERE copy = 1 AND polarity = 'negative') AS negative_without_copies,
    ROUND(
        100.0 * COUNT(*) FILTER (WHERE copy = 1 AND polarity = 'negative')
        / COUNT(*) FILTER (WHERE copy = 1), 1
    ) AS without_copies_percent,
    COUNT(*) FILTER (WHERE copy = 1) AS _without_copies
FROM counted
GROUP BY source
ORDER BY documents DESC, source
