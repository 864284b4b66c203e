-- Documents whose sentiment the model was least sure of: worth reading oneself
SELECT
    d.id AS document,
    d.time AS time,
    d.product AS product,
    d.leaning AS polarity,
    -- Not as NUMERIC, which PostgreSQL would make of every document before it sorts them.
    ROUND(1000 * d.polarity_score) / 1000 AS polarity_score,
    CASE WHEN d.unsure THEN 'unsure' END AS unsure,
    d.label AS label,
    ROUND(1000 * d.score) / 1000 AS score,
    -- By a subquery: only texts of rows that are shown are read.
    (SELECT t.text FROM documents AS t WHERE t.id = d.id) AS text
FROM current_documents AS d
WHERE d.sentiment_run_id IS NOT NULL
ORDER BY d.unsure DESC, d.score, d.id
