-- Sentiment by source, of all documents and with copies of one text counted once
WITH counted AS (
    SELECT
        d.source AS source,
        s.polarity AS polarity,
        -- A source counts a text once; which one is left does not matter, so it is the first.
        ROW_NUMBER() OVER (
            PARTITION BY d.source, COALESCE(n.group_id, -d.id) ORDER BY d.id
        ) AS copy
    FROM sentiments AS s
    JOIN documents AS d ON d.id = s.document_id AND d.gone_at IS NULL
    LEFT JOIN near_duplicates AS n ON n.document_id = d.id
    WHERE NOT s.unsure
      AND s.polarity IS NOT NULL
      AND s.run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id)
      AND NOT EXISTS (
          SELECT 1 FROM sentiments AS newer
          WHERE :run_id IS NULL
            AND newer.document_id = s.document_id AND newer.run_id > s.run_id)
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
    ) AS percent_without_copies
FROM counted
GROUP BY source
ORDER BY documents DESC, source
