-- current_classes: how many documents have a label, by analysis, label and day; `analysed` and `sure` count each document once, at its first label
SELECT
    c.document_id AS document_id,
    c.analysis AS analysis,
    c.label AS label,
    c.day AS day,
    CASE WHEN c.unsure THEN 0 ELSE 1 END AS documents,
    CASE WHEN c.unsure THEN 1 ELSE 0 END AS unsure,
    CASE WHEN c.ordinal = 0 THEN 1 ELSE 0 END AS analysed,
    CASE WHEN c.ordinal = 0 AND NOT c.unsure THEN 1 ELSE 0 END AS sure
FROM of_blocks(v_classes, c, c.document_id)
