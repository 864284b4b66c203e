-- current_documents: of each document of `v_documents` what reports count by, without its texts
SELECT
    d.id AS id,
    d.source AS source,
    d.product AS product,
    d.language AS language,
    d.time AS time,
    d.day AS day,
    d.rating AS rating,
    d.rating_scale AS rating_scale,
    d.polarity AS polarity,
    d.leaning AS leaning,
    d.polarity_score AS polarity_score,
    d.label AS label,
    d.score AS score,
    d.unsure AS unsure,
    d.sentiment_run_id AS sentiment_run_id,
    d.sentiment_model_id AS sentiment_model_id,
    length(d.text) AS characters,
    -- Marked means a column `resolved` in the input that says true, yes or 1. It is looked for in
    -- the metadata's text, since the two databases share no function that reads JSON.
    CASE
        WHEN lower(CAST(d.metadata AS TEXT)) NOT LIKE '%"resolved"%' THEN 0
        WHEN replace(lower(CAST(d.metadata AS TEXT)), ' ', '') LIKE '%"resolved"_true%' THEN 1
        WHEN replace(lower(CAST(d.metadata AS TEXT)), ' ', '') LIKE '%"resolved"_"true"%' THEN 1
        WHEN replace(lower(CAST(d.metadata AS TEXT)), ' ', '') LIKE '%"resolved"_"yes"%' THEN 1
        WHEN replace(lower(CAST(d.metadata AS TEXT)), ' ', '') LIKE '%"resolved"_1%' THEN 1
        WHEN replace(lower(CAST(d.metadata AS TEXT)), ' ', '') LIKE '%"resolved"_"1"%' THEN 1
        ELSE 0 END AS resolved,
    CASE WHEN EXISTS (
        SELECT 1 FROM translations AS t
        WHERE t.document_id = d.id AND is_current(translations, t)
    ) THEN 1 ELSE 0 END AS translated
    /* others */
FROM of_blocks(v_documents, d, d.id)
