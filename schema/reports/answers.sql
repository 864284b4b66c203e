-- Answers to each question, grouped without regard to case and punctuation; unsure ones are (none)
WITH latest AS (
    SELECT
        a.question,
        lower(trim(a.answer, ' .,;:!?"''()')) AS answer,
        a.document_id,
        a.score,
        a.unsure
    FROM answers AS a
    JOIN documents AS d ON d.id = a.document_id AND d.gone_at IS NULL
    WHERE a.run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id)
      AND NOT EXISTS (
          SELECT 1 FROM answers AS newer
          WHERE :run_id IS NULL
            AND newer.document_id = a.document_id AND newer.run_id > a.run_id)
)
SELECT
    question,
    CASE answer WHEN '' THEN '(none)' ELSE answer END AS answer,
    COUNT(*) AS documents,
    COUNT(*) FILTER (WHERE unsure) AS unsure,
    ROUND(CAST(AVG(score) AS NUMERIC), 3) AS mean_score
FROM latest
GROUP BY question, answer
ORDER BY question, documents DESC, mean_score DESC, answer
