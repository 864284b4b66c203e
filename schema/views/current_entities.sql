-- current_entities: how often an entity is named by documents, by the spelling that each has first
SELECT
    n.document_id AS document_id,
    n.type AS type,
    n.entity AS entity,
    n.spelling AS spelling,
    n.mentions AS mentions,
    n.unsure_mentions AS unsure_mentions,
    CASE WHEN n.spelling IS NULL THEN 0 ELSE 1 END AS documents,
    CASE WHEN n.spelling IS NOT NULL AND n.polarity = 'positive' THEN 1 ELSE 0 END AS positive,
    CASE WHEN n.spelling IS NOT NULL AND n.polarity = 'neutral' THEN 1 ELSE 0 END AS neutral,
    CASE WHEN n.spelling IS NOT NULL AND n.polarity = 'negative' THEN 1 ELSE 0 END AS negative,
    CASE WHEN n.spelling IS NOT NULL AND n.document_unsure > 0 THEN 1 ELSE 0 END AS unsure
FROM (
    SELECT
        m.document_id,
        m.type,
        m.entity,
        MIN(m.mention) FILTER (WHERE NOT m.unsure) AS spelling,
        COUNT(*) FILTER (WHERE NOT m.unsure) AS mentions,
        COUNT(*) FILTER (WHERE m.unsure) AS unsure_mentions,
        -- The same for all mentions of a document; a join with it would be dearer.
        MAX(m.polarity) AS polarity,
        COUNT(*) FILTER (WHERE m.document_unsure) AS document_unsure
    FROM of_blocks(v_mentions, m, m.document_id)
    GROUP BY m.document_id, m.type, m.entity
) AS n
