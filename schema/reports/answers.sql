-- Answers to each question; case, punctuation, articles and plurals do not matter; unsure: (none)
-- key: question, answer
-- share: percent = documents / _asked
SELECT
    /* by */
    a.question AS question,
    -- The shortest spelling of a word comes before those that go on: "refund" stands for "refunds".
    MIN(a.spelling) AS answer,
    SUM(a.documents) AS documents,
    ROUND(100.0 * SUM(a.documents) / SUM(SUM(a.documents)) OVER (PARTITION BY /* by */ a.question), 1) AS percent,
    SUM(a.unsure) AS unsure,
    ROUND(CAST(SUM(a.score) / SUM(a.documents) AS NUMERIC), 3) AS mean_score,
    SUM(SUM(a.documents)) OVER (PARTITION BY /* by */ a.question) AS _asked
FROM current_answers AS a
/* by JOIN v_documents AS d ON d.id = a.document_id */
GROUP BY /* by */ a.question, a.grouped
ORDER BY /* by */ a.question, documents DESC, mean_score DESC, a.grouped
