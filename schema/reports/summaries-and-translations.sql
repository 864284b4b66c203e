-- Texts beside their summaries and translations, in the order in which they came
SELECT
    d.id AS document,
    d.language AS language,
    d.text AS text,
    d.summary AS summary,
    d.translated_to AS translated_to,
    COALESCE(d.translation, (
        SELECT 'not translated: ' || a.reason FROM abstentions AS a
        WHERE a.document_id = d.id AND a.analysis = 'translation'
          AND (:run_id IS NULL OR a.run_id = :run_id)
        ORDER BY a.run_id DESC LIMIT 1
    )) AS translation
FROM v_documents AS d
WHERE d.summary IS NOT NULL OR d.translated_to IS NOT NULL OR EXISTS (
    SELECT 1 FROM abstentions AS a
    WHERE a.document_id = d.id AND a.analysis = 'translation'
      AND (:run_id IS NULL OR a.run_id = :run_id))
ORDER BY d.id
