-- Sentiment by source, those with most negative documents first
SELECT
    d.source AS source,
    COUNT(*) AS documents,
    COUNT(*) FILTER (WHERE s.polarity = 'positive' AND NOT s.unsure) AS positive,
    COUNT(*) FILTER (WHERE s.polarity = 'neutral' AND NOT s.unsure) AS neutral,
    COUNT(*) FILTER (WHERE s.polarity = 'negative' AND NOT s.unsure) AS negative,
    COUNT(*) FILTER (WHERE s.unsure) AS unsure,
    COUNT(*) FILTER (WHERE s.polarity IS NULL AND NOT s.unsure) AS no_polarity,
    ROUND(
        100.0 * COUNT(*) FILTER (WHERE s.polarity = 'negative' AND NOT s.unsure)
        / NULLIF(COUNT(*) FILTER (WHERE s.polarity IS NOT NULL AND NOT s.unsure), 0), 1
    ) AS classified_negative_percent
FROM sentiments AS s
JOIN documents AS d ON d.id = s.document_id AND d.gone_at IS NULL
WHERE s.run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id)
  AND NOT EXISTS (
      SELECT 1 FROM sentiments AS newer
      WHERE :run_id IS NULL
        AND newer.document_id = s.document_id AND newer.run_id > s.run_id)
GROUP BY d.source
ORDER BY negative DESC, documents DESC, source
