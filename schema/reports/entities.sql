-- Entities whatever their spelling, by documents that name them, and how these feel
-- key: entity, type
-- share: classified_negative_percent = negative / _known
SELECT
    e.entity AS entity,
    e.type AS type,
    e.mentions AS mentions,
    e.unsure_mentions AS unsure_mentions,
    e.documents AS documents,
    e.positive AS positive,
    e.neutral AS neutral,
    e.negative AS negative,
    e.unsure AS unsure,
    e.no_polarity AS no_polarity,
    ROUND(100.0 * e.negative / NULLIF(e.positive + e.neutral + e.negative, 0), 1)
        AS classified_negative_percent,
    e.positive + e.neutral + e.negative AS _known
FROM v_entities AS e
ORDER BY e.documents DESC, e.mentions DESC, e.entity, e.type
