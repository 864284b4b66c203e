-- v_intents: something that the writer of a document is up to
-- document_id: integer: `v_documents.id`
-- intent: text: `complaint`, `request`, `praise`, `question` or `churn_risk`; `none` of them
-- score: number: its probability
-- unsure: boolean: whether the score is below the model's threshold: to be left out of counts
-- polarity: text: of the document; null where the model is unsure or has none
-- source: text: of the document
-- product: text: of the document
-- time: time: of the document (UTC)
-- day: date: of the document (UTC)
-- run_id: integer: the run that the intent is of
SELECT
    i.document_id AS document_id,
    i.intent AS intent,
    i.score AS score,
    i.unsure AS unsure,
    d.polarity AS polarity,
    d.source AS source,
    d.product AS product,
    d.time AS time,
    d.day AS day,
    i.run_id AS run_id
FROM intents AS i
JOIN v_documents AS d ON d.id = i.document_id
WHERE is_current(intents, i)
