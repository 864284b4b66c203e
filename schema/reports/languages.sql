-- Languages of the documents, and how many of them are translated
SELECT
    COALESCE(d.language, '(unknown)') AS language,
    COUNT(*) AS documents,
    COUNT(*) FILTER (WHERE EXISTS (
        SELECT 1 FROM translations AS t
        WHERE t.document_id = d.id AND (:run_id IS NULL OR t.run_id = :run_id))) AS translated
FROM documents AS d
WHERE d.gone_at IS NULL AND EXISTS (
    SELECT 1 FROM run_documents AS m
    WHERE m.document_id = d.id AND (:run_id IS NULL OR m.run_id = :run_id))
GROUP BY COALESCE(d.language, '(unknown)')
ORDER BY documents DESC, language
