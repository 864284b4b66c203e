-- v_themes: a theme, or a topic of a person's own list, with what is said of it; not hidden, merged or split ones
-- id: integer: the same in later sets; `triage themes show` takes it
-- name: text: of phrases that its texts have and others do not, or a person's
-- kind: text: `theme`, or `topic` of a person's own list
-- named_by: text: who named it; null where its words did
-- broad_id: integer: the broad theme that it is part of; null without one
-- new: boolean: whether it came to feedback in which themes had been found before
-- first_seen: time: when it was found first (UTC)
-- documents: integer: in which it is talked about
-- texts: integer: different texts among them: copies count once
-- negative: integer: of the documents, those that are surely negative
-- neutral: integer: surely neutral
-- positive: integer: surely positive
-- mean_stars: number: the mean rating of those that have one, each as so many of 5
-- effect: number: mean stars with the theme less mean stars without it; null below two ratings on a side; as of the last `triage themes`, as all effects
-- effect_low: number: where the effect lies, 95 times of 100: from here …
-- effect_high: number: … to here
-- effect_given_others: number: what is left of the effect where all themes are fitted together
SELECT
    t.id AS id,
    t.name AS name,
    t.kind AS kind,
    t.named_by AS named_by,
    t.broad_id AS broad_id,
    t.new AS new,
    t.first_seen AS first_seen,
    COALESCE(m.documents, 0) AS documents,
    COALESCE(m.texts, 0) AS texts,
    COALESCE(m.negative, 0) AS negative,
    COALESCE(m.neutral, 0) AS neutral,
    COALESCE(m.positive, 0) AS positive,
    m.mean_stars AS mean_stars,
    t.effect AS effect,
    t.effect_low AS effect_low,
    t.effect_high AS effect_high,
    t.effect_given_others AS effect_given_others
FROM themes AS t
LEFT JOIN (
    SELECT
        x.theme_id AS theme_id,
        COUNT(*) AS documents,
        COUNT(DISTINCT x.copy_key) AS texts,
        COUNT(*) FILTER (WHERE x.polarity = 'negative') AS negative,
        COUNT(*) FILTER (WHERE x.polarity = 'neutral') AS neutral,
        COUNT(*) FILTER (WHERE x.polarity = 'positive') AS positive,
        AVG(5.0 * x.rating / NULLIF(x.rating_scale, 0)) AS mean_stars
    FROM v_document_themes AS x
    GROUP BY x.theme_id
) AS m ON m.theme_id = t.id
WHERE t.set_id = shown_set() AND t.kind <> 'broad' AND t.merged_into IS NULL AND NOT t.hidden
  AND t.id NOT IN (
      SELECT s.split_from FROM themes AS s
      WHERE s.set_id = shown_set() AND s.split_from IS NOT NULL
  )
