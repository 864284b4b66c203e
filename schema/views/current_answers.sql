-- current_answers: how many documents give an answer to a question
SELECT
    a.document_id AS document_id,
    a.question AS question,
    a.grouped AS grouped,
    CASE WHEN a.answer IS NULL THEN a.grouped ELSE plain_answer(a.answer) END AS spelling,
    1 AS documents,
    CASE WHEN a.unsure THEN 1 ELSE 0 END AS unsure,
    a.score AS score
FROM of_blocks(v_answers, a, a.document_id)
