-- Longest documents that are surely negative and not marked as resolved, with their summaries
WITH complaints AS (
    SELECT
        d.id AS document,
        d.time AS time,
        d.source AS source,
        d.product AS product,
        length(d.text) AS characters,
        s.score AS score
    FROM sentiments AS s
    JOIN documents AS d ON d.id = s.document_id AND d.gone_at IS NULL
    WHERE s.polarity = 'negative' AND NOT s.unsure
      AND s.run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id)
      AND NOT EXISTS (
          SELECT 1 FROM sentiments AS newer
          WHERE :run_id IS NULL
            AND newer.document_id = s.document_id AND newer.run_id > s.run_id)
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
    (SELECT y.summary FROM summaries AS y
     WHERE y.document_id = c.document AND (:run_id IS NULL OR y.run_id = :run_id)
     ORDER BY y.run_id DESC LIMIT 1) AS summary,
    ROUND(CAST(c.score AS NUMERIC), 3) AS score
FROM complaints AS c
ORDER BY c.characters DESC, c.document
