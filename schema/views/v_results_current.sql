-- v_results_current: which run's result of an analysis counts for a document
-- document_id: integer: `v_documents.id`
-- analysis: text: `language`, `sentiment`, `entities` …
-- run_id: integer: the run that `triage prefer` names, if it has a result, else the newest that has
-- run: text: its name
-- model_id: integer: `models.id`; null where no model was needed
-- model: text: the model's name, as the catalog had it
-- revision: text: the model's revision
-- text_used: text: the text that was read: `original` or `translation`
SELECT
    x.document_id AS document_id,
    each_analysis AS analysis,
    x.run_id AS run_id,
    r.name AS run,
    x.model_id AS model_id,
    m.name AS model,
    m.revision AS revision,
    x.text_used AS text_used
FROM each_table AS x
JOIN documents AS d ON d.id = x.document_id AND d.gone_at IS NULL
JOIN runs AS r ON r.id = x.run_id
LEFT JOIN models AS m ON m.id = x.model_id
WHERE is_current(each_table, x) AND is_first(each_table, x)
