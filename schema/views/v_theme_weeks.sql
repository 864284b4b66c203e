-- v_theme_weeks: a week of a theme in which somebody wrote about it, as of the last `triage themes`
-- theme_id: integer: `v_themes.id`
-- name: text: the theme's
-- kind: text: `theme`, or `topic` of a person's own list
-- week: date: the Monday (UTC) of the week in which customers wrote
-- documents: integer: of that week, in the theme
-- texts: integer: different texts among them: copies count once
-- volume: integer: different texts of that week in any theme or none
-- expected: number: texts that the 16 weeks before let expect, given the volume; null where fewer than 8 come before
-- p: number: how often as many or more come by chance
-- q: number: the same over all themes of the week together (Benjamini–Hochberg)
-- alert: text: `rings` from q ≤ .05 on, `worth a look` from q ≤ .10 on, with 5 texts or more; else null
SELECT
    w.theme_id AS theme_id,
    t.name AS name,
    t.kind AS kind,
    w.week AS week,
    w.documents AS documents,
    w.texts AS texts,
    w.volume AS volume,
    w.expected AS expected,
    w.p AS p,
    w.q AS q,
    CASE
        WHEN w.texts < 5 OR w.texts <= w.expected THEN NULL
        WHEN w.q <= 0.05 THEN 'rings'
        WHEN w.q <= 0.1 THEN 'worth a look'
    END AS alert
FROM theme_weeks AS w
JOIN themes AS t ON t.set_id = w.set_id AND t.id = w.theme_id AND NOT t.hidden
WHERE w.set_id = shown_set()
