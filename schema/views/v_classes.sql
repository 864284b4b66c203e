-- v_classes: a label that a document has by an analysis of your own, or something that it is up to
-- document_id: integer: `v_documents.id`
-- analysis: text: the analysis of your own; `intent`
-- label: text: the label; `(none)` of an analysis by labels of your own, `none` of `intent`
-- score: number: its probability
-- unsure: boolean: whether the model is unsure of it: to be left out of counts
-- ordinal: integer: 0 for the surest label of a document, which may be the only one
-- polarity: text: of the document; null where the model is unsure or has none
-- source: text: of the document
-- product: text: of the document
-- time: time: of the document (UTC)
-- day: date: of the document (UTC)
-- run_id: integer: the run that the label is of
SELECT
    c.document_id AS document_id,
    c.analysis AS analysis,
    c.label AS label,
    c.score AS score,
    c.unsure AS unsure,
    c.ordinal AS ordinal,
    d.polarity AS polarity,
    d.source AS source,
    d.product AS product,
    d.time AS time,
    d.day AS day,
    c.run_id AS run_id
FROM classifications AS c
JOIN v_documents AS d ON d.id = c.document_id
WHERE is_current(classifications, c)
UNION ALL
SELECT
    i.document_id,
    'intent',
    i.intent,
    i.score,
    i.unsure,
    i.ordinal,
    d.polarity,
    d.source,
    d.product,
    d.time,
    d.day,
    i.run_id
FROM intents AS i
JOIN v_documents AS d ON d.id = i.document_id
WHERE is_current(intents, i)
