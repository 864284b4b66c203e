-- v_documents: a document that still comes, in its current version, with what was found in it
-- id: integer: its number; `document_id` of the other views
-- source: text: where it is from
-- external_id: text: the id that it was delivered with; null if it had none
-- text: text: what is analysed, with the title in front
-- title: text: what the text begins with; null without one
-- question: text: the column of the answer, where an input has several
-- time: time: when the customer wrote it (UTC)
-- day: date: the day of `time` (UTC)
-- language: text: the language that it was delivered with, else the one that its text surely shows
-- product: text: as delivered
-- rating: number: as delivered; the higher the better
-- rating_scale: integer: the best rating that could be given; null where nobody can tell
-- metadata: json: all other columns of the input
-- version: integer: from 1; how often its content has changed, plus one
-- stored_at: time: when this version was stored (UTC)
-- polarity: text: `negative`, `neutral` or `positive`; null where the model is unsure or has none
-- leaning: text: the likeliest polarity, also where the model is unsure: to read, not to count
-- polarity_score: number: from -1, as unhappy as can be, to 1
-- label: text: the model's own word
-- score: number: the label's probability
-- unsure: boolean: whether the model is unsure; null where sentiment was not analysed
-- sentiment_run_id: integer: the run that the sentiment is of; null where it was not analysed
-- sentiment_model_id: integer: the model that read it: `models.id`
-- summary: text: null where there is none
-- translation: text: null where there is none
-- translated_to: text: the language of the translation
-- themes: text: the names of its themes and topics, one behind the other with `; ` between; null without any
SELECT
    d.id AS id,
    d.source AS source,
    d.external_id AS external_id,
    d.text AS text,
    d.title AS title,
    d.question AS question,
    d.time AS time,
    utc_date(d.time) AS day,
    COALESCE(d.language, (
        SELECT l.language FROM languages AS l
        WHERE l.document_id = d.id AND NOT l.unsure AND l.language <> 'und'
          AND is_current(languages, l)
    )) AS language,
    d.product AS product,
    d.rating AS rating,
    d.rating_scale AS rating_scale,
    d.metadata AS metadata,
    d.version AS version,
    d.stored_at AS stored_at,
    CASE WHEN NOT s.unsure THEN s.polarity END AS polarity,
    s.polarity AS leaning,
    s.polarity_score AS polarity_score,
    s.label AS label,
    s.score AS score,
    s.unsure AS unsure,
    s.run_id AS sentiment_run_id,
    s.model_id AS sentiment_model_id,
    -- By subqueries: whoever does not select them does not pay for them.
    (
        SELECT y.summary FROM summaries AS y
        WHERE y.document_id = d.id AND is_current(summaries, y)
    ) AS summary,
    (
        SELECT t.translation FROM translations AS t
        WHERE t.document_id = d.id AND is_current(translations, t)
    ) AS translation,
    (
        SELECT t.language FROM translations AS t
        WHERE t.document_id = d.id AND is_current(translations, t)
    ) AS translated_to,
    (
        SELECT joined(named.name)
        FROM (
            SELECT DISTINCT c.name AS name
            FROM document_themes AS m
            JOIN themes AS t ON t.set_id = m.set_id AND t.id IN (m.theme_id, m.topic_id)
            JOIN themes AS c ON c.set_id = t.set_id AND c.id = COALESCE(t.merged_into, t.id)
            WHERE m.document_id = d.id AND m.set_id = shown_set() AND NOT c.hidden
            ORDER BY c.name
        ) AS named
    ) AS themes
FROM documents AS d
LEFT JOIN sentiments AS s ON s.document_id = d.id AND is_current(sentiments, s)
WHERE d.gone_at IS NULL
