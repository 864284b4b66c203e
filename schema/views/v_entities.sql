-- v_entities: an entity, whatever its spellings, and how the documents that name it feel
-- entity: text: the most frequent spelling
-- type: text: `ORG`, `PER`, `LOC` …: the model's own word
-- merged: text: what all spellings have in common: `v_mentions.entity`
-- documents: integer: documents that surely name it, each counted once
-- mentions: integer: how often they do
-- unsure_mentions: integer: mentions that the model is unsure of, which nothing else here counts
-- positive: integer: of the documents, those that are surely positive
-- neutral: integer: surely neutral
-- negative: integer: surely negative
-- unsure: integer: whose polarity the model is unsure of
-- no_polarity: integer: without polarity, since the model has none or sentiment was not analysed
WITH spelled AS (
    SELECT
        n.type,
        n.entity,
        n.spelling,
        SUM(n.mentions) AS mentions,
        SUM(n.unsure_mentions) AS unsure_mentions,
        SUM(n.documents) AS documents,
        SUM(n.positive) AS positive,
        SUM(n.neutral) AS neutral,
        SUM(n.negative) AS negative,
        SUM(n.unsure) AS unsure
    FROM current_entities AS n
    GROUP BY n.type, n.entity, n.spelling
),
counted AS (
    SELECT
        type,
        entity,
        spelling,
        ROW_NUMBER() OVER (
            PARTITION BY type, entity ORDER BY documents DESC, spelling
        ) AS place,
        SUM(documents) OVER (PARTITION BY type, entity) AS documents,
        SUM(mentions) OVER (PARTITION BY type, entity) AS mentions,
        SUM(unsure_mentions) OVER (PARTITION BY type, entity) AS unsure_mentions,
        SUM(positive) OVER (PARTITION BY type, entity) AS positive,
        SUM(neutral) OVER (PARTITION BY type, entity) AS neutral,
        SUM(negative) OVER (PARTITION BY type, entity) AS negative,
        SUM(unsure) OVER (PARTITION BY type, entity) AS unsure
    FROM spelled
)
SELECT
    spelling AS entity,
    type AS type,
    entity AS merged,
    CAST(documents AS BIGINT) AS documents,
    CAST(mentions AS BIGINT) AS mentions,
    CAST(unsure_mentions AS BIGINT) AS unsure_mentions,
    CAST(positive AS BIGINT) AS positive,
    CAST(neutral AS BIGINT) AS neutral,
    CAST(negative AS BIGINT) AS negative,
    CAST(unsure AS BIGINT) AS unsure,
    CAST(documents - positive - neutral - negative - unsure AS BIGINT) AS no_polarity
FROM counted
WHERE place = 1 AND documents > 0
