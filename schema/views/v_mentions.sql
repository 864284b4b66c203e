-- v_mentions: a mention of an entity in a document
-- document_id: integer: `v_documents.id`
-- ordinal: integer: the mentions of a document, in the order of the text, from 0
-- type: text: `ORG`, `PER`, `LOC` …: the model's own word
-- mention: text: as the document spells it
-- entity: text: the same without regard to case, punctuation, hyphens and a possessive `'s`
-- excerpt: text: up to 80 characters before and behind it, and itself, of the text that was read
-- starts_at: integer: its first character in the text that was read, from 0
-- ends_at: integer: the character behind its last
-- text_used: text: the text that was read: `original` or `translation`
-- score: number: its probability
-- unsure: boolean: whether the score is below the model's threshold: to be left out of counts
-- polarity: text: of the document; null where the model is unsure or has none
-- document_unsure: boolean: whether the model is unsure of the document's sentiment
-- source: text: of the document
-- product: text: of the document
-- time: time: of the document (UTC)
-- day: date: of the document (UTC)
-- run_id: integer: the run that the mention is of
SELECT
    e.document_id AS document_id,
    e.ordinal AS ordinal,
    e.type AS type,
    e.text AS mention,
    spelling(e.text) AS entity,
    substr(
        CASE e.text_used WHEN 'translation' THEN d.translation ELSE d.text END,
        CASE WHEN e.start > 80 THEN e.start - 79 ELSE 1 END,
        e."end" - e.start + CASE WHEN e.start > 80 THEN 160 ELSE e.start + 80 END
    ) AS excerpt,
    e.start AS starts_at,
    e."end" AS ends_at,
    e.text_used AS text_used,
    e.score AS score,
    e.unsure AS unsure,
    d.polarity AS polarity,
    d.unsure AS document_unsure,
    d.source AS source,
    d.product AS product,
    d.time AS time,
    d.day AS day,
    e.run_id AS run_id
FROM entities AS e
JOIN v_documents AS d ON d.id = e.document_id
WHERE is_current(entities, e)
