-- Longest documents that are surely negative and not marked as resolved, with their summaries
WITH complaints AS (
    SELECT
        d.id AS document,
        d.time AS time,
        d.source AS source,
        d.product AS product,
        length(d.text) AS characters,
        d.summary AS summary,
        d.score AS score
    FROM v_documents AS d
    WHERE d.polarity = 'negative'
      -- Marked means a column `resolved` in the input that says true, yes or 1. It is looked for in
      -- the metadata's text, since the two databases share no function that reads JSON.
      AND CASE
          WHEN lower(CAST(d.metadata AS TEXT)) NOT LIKE '%"resolved"%' THEN 1
          WHEN replace(lower(CAST(d.metadata AS TEXT)), ' ', '') LIKE '%"resolved"_true%' THEN 0
          WHEN replace(lower(CAST(d.metadata AS TEXT)), ' ', '') LIKE '%"resolved"_"true"%' THEN 0
          WHEN replace(lower(CAST(d.metadata AS TEXT)), ' ', '') LIKE '%"resolved"_"yes"%' THEN 0
          WHEN replace(lower(CAST(d.metadata AS TEXT)), ' ', '') LIKE '%"resolved"_1%' THEN 0
          WHEN replace(lower(CAST(d.metadata AS TEXT)), ' ', '') LIKE '%"resolved"_"1"%' THEN 0
          ELSE 1 END = 1
)
SELECT
    c.document,
    c.time,
    c.source,
    c.product,
    c.characters,
    c.summary,
    ROUND(CAST(c.score AS NUMERIC), 3) AS score
FROM complaints AS c
ORDER BY c.characters DESC, c.document
