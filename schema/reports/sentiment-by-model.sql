-- Sentiment by the model that read it, and how many it was unsure of
-- key: model, revision
-- share: classified_negative_percent = negative / _known
SELECT
    /* by */
    COALESCE(m.name, '(none)') AS model,
    COALESCE(m.revision, '') AS revision,
    COUNT(*) AS documents,
    COUNT(*) FILTER (WHERE d.polarity = 'positive') AS positive,
    COUNT(*) FILTER (WHERE d.polarity = 'neutral') AS neutral,
    COUNT(*) FILTER (WHERE d.polarity = 'negative') AS negative,
    COUNT(*) FILTER (WHERE d.unsure) AS unsure,
    COUNT(*) FILTER (WHERE d.polarity IS NULL AND NOT d.unsure) AS no_polarity,
    ROUND(100.0 * COUNT(*) FILTER (WHERE d.polarity = 'negative') / NULLIF(COUNT(d.polarity), 0), 1)
        AS classified_negative_percent,
    COUNT(d.polarity) AS _known
FROM current_documents AS d
LEFT JOIN models AS m ON m.id = d.sentiment_model_id
WHERE d.sentiment_run_id IS NOT NULL
GROUP BY /* by */ COALESCE(m.name, '(none)'), COALESCE(m.revision, '')
ORDER BY /* by */ documents DESC, model, revision
