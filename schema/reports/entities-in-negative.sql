-- Entities named most often in negative documents, and the share of these where polarity is sure
WITH sentiment AS (
    SELECT
        s.document_id,
        CASE WHEN s.polarity = 'negative' AND NOT s.unsure THEN 1 ELSE 0 END AS negative,
        CASE WHEN s.unsure THEN 1 ELSE 0 END AS unsure,
        CASE WHEN s.polarity IS NULL AND NOT s.unsure THEN 1 ELSE 0 END AS no_polarity
    FROM sentiments AS s
    JOIN documents AS d ON d.id = s.document_id AND d.gone_at IS NULL
    WHERE s.run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id)
      AND NOT EXISTS (
          SELECT 1 FROM sentiments AS newer
          WHERE :run_id IS NULL
            AND newer.document_id = s.document_id AND newer.run_id > s.run_id)
),
-- An entity of a document, whatever its case, once. Mentions that the model is unsure of are counted
-- apart; one that is nowhere sure is none.
named AS (
    SELECT
        e.document_id,
        e.type,
        lower(e.text) AS entity,
        MIN(e.text) FILTER (WHERE NOT e.unsure) AS spelling,
        COUNT(*) FILTER (WHERE NOT e.unsure) AS mentions,
        COUNT(*) FILTER (WHERE e.unsure) AS unsure_mentions
    FROM entities AS e
    JOIN documents AS d ON d.id = e.document_id AND d.gone_at IS NULL
    WHERE e.run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id)
      AND NOT EXISTS (
          SELECT 1 FROM entities AS newer
          WHERE :run_id IS NULL
            AND newer.document_id = e.document_id AND newer.run_id > e.run_id)
    GROUP BY e.document_id, e.type, lower(e.text)
),
spelled AS (
    SELECT
        n.type,
        n.entity,
        n.spelling,
        SUM(n.mentions) AS mentions,
        SUM(n.unsure_mentions) AS unsure_mentions,
        COUNT(*) FILTER (WHERE n.mentions > 0) AS documents,
        SUM(s.negative) FILTER (WHERE n.mentions > 0) AS negative,
        SUM(s.unsure) FILTER (WHERE n.mentions > 0) AS unsure,
        SUM(s.no_polarity) FILTER (WHERE n.mentions > 0) AS no_polarity
    FROM named AS n
    JOIN sentiment AS s ON s.document_id = n.document_id
    GROUP BY n.type, n.entity, n.spelling
),
-- The most frequent spelling stands for all.
counted AS (
    SELECT
        type,
        spelling,
        ROW_NUMBER() OVER (PARTITION BY type, entity ORDER BY documents DESC, spelling) AS place,
        SUM(mentions) OVER (PARTITION BY type, entity) AS mentions,
        SUM(unsure_mentions) OVER (PARTITION BY type, entity) AS unsure_mentions,
        SUM(documents) OVER (PARTITION BY type, entity) AS documents,
        SUM(negative) OVER (PARTITION BY type, entity) AS negative,
        SUM(unsure) OVER (PARTITION BY type, entity) AS unsure,
        SUM(no_polarity) OVER (PARTITION BY type, entity) AS no_polarity
    FROM spelled
)
SELECT
    spelling AS entity,
    type,
    mentions,
    unsure_mentions,
    documents,
    negative,
    unsure,
    no_polarity,
    ROUND(100.0 * negative / NULLIF(documents - unsure - no_polarity, 0), 1) AS classified_negative_percent
FROM counted
WHERE place = 1 AND negative > 0
ORDER BY negative DESC, classified_negative_percent DESC, spelling, type
