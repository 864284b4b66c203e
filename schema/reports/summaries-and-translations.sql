-- Texts beside their summaries and translations, in the order of the input
SELECT
    r.name AS run,
    d.id AS document,
    d.language AS language,
    d.text AS text,
    y.summary AS summary,
    t.language AS translated_to,
    coalesce(t.translation, 'not translated: ' || a.reason) AS translation
FROM run_documents AS m
JOIN runs AS r ON r.id = m.run_id
JOIN documents AS d ON d.id = m.document_id AND d.gone_at IS NULL
LEFT JOIN summaries AS y ON y.run_id = m.run_id AND y.document_id = m.document_id
LEFT JOIN translations AS t ON t.run_id = m.run_id AND t.document_id = m.document_id
LEFT JOIN abstentions AS a
    ON a.run_id = m.run_id AND a.analysis = 'translation' AND a.document_id = m.document_id
WHERE m.run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id)
  AND (y.summary IS NOT NULL OR t.translation IS NOT NULL OR a.reason IS NOT NULL)
ORDER BY m.run_id, m.position
