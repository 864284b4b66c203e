-- Sentiment by product, those with most negative documents first
-- key: product
-- share: classified_negative_percent = negative / _known
SELECT
    /* by */
    COALESCE(d.product, '(none)') AS product,
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
WHERE d.sentiment_run_id IS NOT NULL
GROUP BY /* by */ COALESCE(d.product, '(none)')
ORDER BY /* by */ negative DESC, documents DESC, product
