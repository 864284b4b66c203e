-- v_answers: what a document says to a question of its run
-- document_id: integer: `v_documents.id`
-- ordinal: integer: the question's place in the run's list, from 0
-- question: text: as it was asked
-- answer: text: as the document has it; null where there is none, or the model is unsure
-- grouped: text: the answer without regard to case, punctuation at its ends, hyphens, an article in front and the s of a plural, `(none)` if null
-- starts_at: integer: its first character in the text that was read, from 0
-- ends_at: integer: the character behind its last
-- text_used: text: the text that was read: `original` or `translation`
-- score: number: its probability; more than 1 where overlapping windows agree
-- unsure: boolean: whether the score is below the model's threshold
-- polarity: text: of the document; null where the model is unsure or has none
-- source: text: of the document
-- product: text: of the document
-- time: time: of the document (UTC)
-- day: date: of the document (UTC)
-- run_id: integer: the run that the answer is of
SELECT
    a.document_id AS document_id,
    a.ordinal AS ordinal,
    a.question AS question,
    CASE WHEN NOT a.unsure AND bare(a.answer) <> '' THEN a.answer END AS answer,
    CASE WHEN NOT a.unsure AND bare(a.answer) <> '' THEN answer_key(a.answer) ELSE '(none)' END
        AS grouped,
    a.start AS starts_at,
    a."end" AS ends_at,
    a.text_used AS text_used,
    a.score AS score,
    a.unsure AS unsure,
    d.polarity AS polarity,
    d.source AS source,
    d.product AS product,
    d.time AS time,
    d.day AS day,
    a.run_id AS run_id
FROM answers AS a
JOIN v_documents AS d ON d.id = a.document_id
WHERE is_current(answers, a)
