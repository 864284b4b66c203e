-- current_results: how many documents have a result that counts, by analysis and model
SELECT
    r.document_id AS document_id,
    r.analysis AS analysis,
    r.model AS model,
    r.revision AS revision,
    1 AS documents
FROM of_blocks(v_results_current, r, r.document_id)
