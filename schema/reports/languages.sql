-- Languages of the documents, and how many of them are translated
-- key: language
-- share: translated_percent = translated / documents
SELECT
    /* by */
    COALESCE(d.language, '(unknown)') AS language,
    COUNT(*) AS documents,
    SUM(d.translated) AS translated,
    ROUND(100.0 * SUM(d.translated) / COUNT(*), 1) AS translated_percent
FROM current_documents AS d
GROUP BY /* by */ COALESCE(d.language, '(unknown)')
ORDER BY /* by */ documents DESC, language
