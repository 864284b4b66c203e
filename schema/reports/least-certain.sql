-- Documents whose sentiment the model was least sure of: worth reading oneself
SELECT
    d.id AS document,
    d.time AS time,
    d.product AS product,
    s.polarity AS polarity,
    ROUND(CAST(s.polarity_score AS NUMERIC), 3) AS polarity_score,
    CASE WHEN s.unsure THEN 'unsure' END AS unsure,
    s.label AS label,
    ROUND(CAST(s.score AS NUMERIC), 3) AS score,
    d.text AS text
FROM sentiments AS s
JOIN documents AS d ON d.id = s.document_id AND d.gone_at IS NULL
WHERE s.run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id)
  AND NOT EXISTS (
      SELECT 1 FROM sentiments AS newer
      WHERE :run_id IS NULL
        AND newer.document_id = s.document_id AND newer.run_id > s.run_id)
ORDER BY s.unsure DESC, s.score, d.id
