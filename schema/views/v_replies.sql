-- v_replies: a draft of a reply to a document, or why there is none; nothing is sent
-- document_id: integer: `v_documents.id`
-- draft: text: null where nothing fits
-- origin: text: `library` or `model`
-- macro: text: the title of the library's answer that fits best, also where it does not fit well enough; null where a model writes
-- macro_line: integer: where that stands in the library's file
-- similarity: number: of the text and what the library says of that answer, -1 to 1; null where a model writes
-- reason: text: why there is no draft; null where there is one
-- open_places: text: places of the draft that nobody could fill, with `; ` between; null if all are filled
-- unread: integer: characters at the end of the text that the model has not read
-- polarity: text: of the document; null where the model is unsure or has none
-- source: text: of the document
-- product: text: of the document
-- time: time: of the document (UTC)
-- day: date: of the document (UTC)
-- run_id: integer: the run that the draft is of
SELECT
    r.document_id AS document_id,
    r.draft AS draft,
    r.origin AS origin,
    r.macro AS macro,
    r.macro_line AS macro_line,
    r.similarity AS similarity,
    r.reason AS reason,
    r.open_places AS open_places,
    r.unread AS unread,
    d.polarity AS polarity,
    d.source AS source,
    d.product AS product,
    d.time AS time,
    d.day AS day,
    r.run_id AS run_id
FROM replies AS r
JOIN v_documents AS d ON d.id = r.document_id
WHERE is_current(replies, r)
