-- v_document_themes: a theme of a document; merged themes count as one, hidden ones are left out
-- document_id: integer: `v_documents.id`
-- theme_id: integer: `v_themes.id`
-- name: text: the theme's
-- kind: text: `theme`, or `topic` of a person's own list
-- similarity: number: the largest cosine of a clause of the document with the theme's centre; null of a topic
-- copy_key: integer: the same for documents with the same words: count them as one by it
-- source: text: of the document
-- product: text: of the document
-- time: time: of the document (UTC)
-- day: date: of the document (UTC)
-- polarity: text: of the document; null where the model is unsure or has none
-- rating: number: of the document
-- rating_scale: integer: of the document
SELECT
    m.document_id AS document_id,
    c.id AS theme_id,
    c.name AS name,
    c.kind AS kind,
    m.similarity AS similarity,
    m.copy_key AS copy_key,
    d.source AS source,
    d.product AS product,
    d.time AS time,
    d.day AS day,
    d.polarity AS polarity,
    d.rating AS rating,
    d.rating_scale AS rating_scale
FROM (
    SELECT x.set_id AS set_id, x.document_id AS document_id, x.copy_key AS copy_key,
        COALESCE(t.merged_into, t.id) AS theme_id,
        MAX(CASE WHEN x.is_topic = 0 THEN x.similarity END) AS similarity
    FROM (
        SELECT set_id, document_id, copy_key, theme_id, similarity, 0 AS is_topic
        FROM document_themes WHERE set_id = shown_set() AND theme_id IS NOT NULL
        UNION ALL
        SELECT set_id, document_id, copy_key, topic_id, similarity, 1 AS is_topic
        FROM document_themes WHERE set_id = shown_set() AND topic_id IS NOT NULL
    ) AS x
    JOIN themes AS t ON t.set_id = x.set_id AND t.id = x.theme_id
    GROUP BY x.set_id, x.document_id, x.copy_key, COALESCE(t.merged_into, t.id)
) AS m
JOIN themes AS c ON c.set_id = m.set_id AND c.id = m.theme_id AND NOT c.hidden
JOIN v_documents AS d ON d.id = m.document_id
