-- Drafts of replies beside their texts, those that fit best first; nothing is sent
SELECT
    r.document_id AS document,
    r.product AS product,
    d.text AS text,
    COALESCE(r.draft, '(none)') AS draft,
    r.macro AS macro,
    ROUND(CAST(r.similarity AS NUMERIC), 2) AS similarity,
    r.open_places AS open_places,
    r.reason AS reason,
    r.unread AS unread
FROM v_replies AS r
JOIN v_documents AS d ON d.id = r.document_id
ORDER BY
    CASE WHEN r.draft IS NULL THEN 1 ELSE 0 END,
    COALESCE(r.similarity, 0) DESC,
    r.document_id
