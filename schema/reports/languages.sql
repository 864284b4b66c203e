-- Languages of the documents, and how many of them are translated
-- key: language
-- share: translated_percent = translated / documents
SELECT
    /* by */
    COALESCE(d.language, '(unknown)') AS language,
    COUNT(*) AS documents,
    COUNT(t.document_id) AS translated,
    ROUND(100.0 * COUNT(t.document_id) / COUNT(*), 1) AS translated_percent
FROM v_documents AS d
LEFT JOIN translations AS t ON t.document_id = d.id AND is_current(translations, t)
GROUP BY /* by */ COALESCE(d.language, '(unknown)')
ORDER BY /* by */ documents DESC, language
