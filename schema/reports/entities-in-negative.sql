-- Entities named most often in negative documents, and the share of these where polarity is sure
-- key: entity, type
-- share: classified_negative_percent = negative / _known
SELECT
    e.entity AS entity,
    e.type AS type,
    e.mentions AS mentions,
    e.unsure_mentions AS unsure_mentions,
    e.documents AS documents,
    e.negative AS negative,
    e.unsure AS unsure,
    e.no_polarity AS no_polarity,
    ROUND(100.0 * e.negative / NULLIF(e.positive + e.neutral + e.negative, 0), 1)
        AS classified_negative_percent,
    e.positive + e.neutral + e.negative AS _known
FROM v_entities AS e
WHERE e.negative > 0
ORDER BY e.negative DESC, classified_negative_percent DESC, e.entity, e.type
