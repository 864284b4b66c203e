"""What is in the made-up database, as SELECTs for both databases.

Whatever is drawn for document `i` is arithmetic on `i`, so that the same number of rows gives the
same database anywhere. Of the documents 1 to N, six in ten are of run 1, then come runs 2 and 3;
run 4 has one in ten of them once more, with all analyses, and the second versions of one in a
hundred, which have the ids behind N. One in twenty is a copy of another one.
"""

from __future__ import annotations

#: Second versions, and documents of run 4, are those whose number is a multiple of these.
CHANGED, AGAIN = 100, 10
#: Documents of a job, and sentences that texts are put together of.
SLICE, SENTENCES = 64, 997

#: `t` is a table of sentences; `p`, `q` and `r` are three draws from 0 to 1,000,002.
DRAWS = """
SELECT i, i * 7919 % 1000003 AS p, i * 104729 % 1000003 AS q, i * 611953 % 1000003 AS r
FROM {numbers}
"""

_TEXT = """a.text || ' ' || b.text || ' ' || CASE WHEN d.i % 20 = 0 THEN '' ELSE c.text END
    || CASE WHEN d.i % 20 = 0 THEN '' ELSE ' No. ' || CAST(d.i AS TEXT) END"""

#: Ids of versions: the second one of `i` is N + i / CHANGED.
DOCUMENTS = f"""
INSERT INTO document_versions (id, source, external_id, identity, text_hash, text, time, language,
    product, rating, rating_scale, metadata, stored_at, version, first_id, replaced_at)
SELECT d.i, CASE d.i % 3 WHEN 0 THEN 'shop' WHEN 1 THEN 'app' ELSE 'support' END,
    CAST(d.i AS TEXT), CAST(d.i AS TEXT)
        || CASE WHEN d.i <= {{rows}} AND d.i % {CHANGED} = 0 THEN '~1' ELSE '' END, '0', {_TEXT},
    CASE WHEN d.p % 97 = 0 THEN NULL ELSE {{moment}} END,
    CASE WHEN d.q % 4 = 0 THEN NULL WHEN d.q % 10 < 7 THEN 'en'
        WHEN d.q % 10 < 9 THEN 'de' ELSE 'fr' END,
    CASE WHEN d.r % 50 = 0 THEN NULL
        ELSE 'Product ' || CAST((d.r % 40) * (d.p % 40) / 39 AS TEXT) END,
    CASE WHEN d.p % 5 < 4 THEN 1 + d.q % 5 END, CASE WHEN d.p % 5 < 4 THEN 5 END,
    {{metadata}}, CURRENT_TIMESTAMP, CASE WHEN d.i > {{rows}} THEN 2 ELSE 1 END,
    CASE WHEN d.i > {{rows}} THEN (d.i - {{rows}}) * {CHANGED} END,
    CASE WHEN d.i <= {{rows}} AND d.i % {CHANGED} = 0 THEN CURRENT_TIMESTAMP END
FROM draws AS d
JOIN sentences AS a ON a.number = d.p % {SENTENCES}
JOIN sentences AS b ON b.number = d.q % {SENTENCES}
JOIN sentences AS c ON c.number = d.r % {SENTENCES}
"""

#: Which document is read in which run, with its draws.
READ = f"""
SELECT 1 + CASE WHEN i <= {{rows}} * 6 / 10 THEN 0 WHEN i <= {{rows}} * 85 / 100 THEN 1 ELSE 2 END
    AS run_id, i AS id, p, q, r
FROM draws WHERE i <= {{rows}}
UNION ALL
SELECT 4 AS run_id, i AS id, q AS p, r AS q, p AS r
FROM draws WHERE i > {{rows}} OR i % {AGAIN} = 0
"""

POSITIONS = """
INSERT INTO run_documents (run_id, position, document_id)
SELECT run_id, ROW_NUMBER() OVER (PARTITION BY run_id ORDER BY id) - 1, id FROM read
"""

_KEY = "run_id, document_id, model_id"
_MODEL = "(r.run_id - 1) * 6"

RESULTS: dict[str, str] = {
    "languages": f"""
INSERT INTO languages ({_KEY}, language, probability, unsure, origin)
SELECT r.run_id, r.id, {_MODEL} + 1, CASE WHEN r.q % 10 < 7 THEN 'en' WHEN r.q % 10 < 9
    THEN 'de' ELSE 'fr' END, 0.9, r.p % 20 = 0, 'text'
FROM read AS r""",
    "sentiments": f"""
INSERT INTO sentiments ({_KEY}, label, score, windows, unsure, polarity, polarity_score)
SELECT r.run_id, r.id, {_MODEL} + 2,
    CASE WHEN r.p % 10 < 5 THEN 'POSITIVE' WHEN r.p % 10 < 7 THEN 'NEUTRAL' ELSE 'NEGATIVE' END,
    0.4 + (r.q % 600) / 1000.0, 1, r.q % 600 < 60,
    CASE WHEN r.p % 10 < 5 THEN 'positive' WHEN r.p % 10 < 7 THEN 'neutral' ELSE 'negative' END,
    CASE WHEN r.p % 10 < 5 THEN 1 WHEN r.p % 10 < 7 THEN 0 ELSE -1 END
        * (0.4 + (r.q % 600) / 1000.0)
FROM read AS r""",
    # A few are named often, most hardly ever; one spelling in four differs by case.
    "entities": f"""
INSERT INTO entities ({_KEY}, ordinal, type, text, start, "end", score, unsure)
SELECT r.run_id, r.id, {_MODEL} + 3, o.number,
    CASE (r.p + o.number) % 3 WHEN 0 THEN 'ORG' WHEN 1 THEN 'LOC' ELSE 'PER' END,
    CASE WHEN (r.r + o.number) % 4 = 0 THEN 'NAME ' ELSE 'Name ' END
        || CAST((r.q % 90) * (r.r % 90) * (o.number + 1) AS TEXT),
    10 * o.number, 10 * o.number + 8, 0.99, (r.p + o.number) % 12 = 0
FROM read AS r JOIN (SELECT 0 AS number UNION ALL SELECT 1 UNION ALL SELECT 2) AS o
    ON o.number < r.p % 4""",
    "answers": f"""
INSERT INTO answers ({_KEY}, ordinal, question, answer, start, "end", score, windows, unsure)
SELECT r.run_id, r.id, {_MODEL} + 4, o.number,
    CASE o.number WHEN 0 THEN 'What broke?' ELSE 'What do they ask for?' END,
    CASE WHEN (r.p + o.number) % 10 < 4 THEN '' ELSE 'The part '
        || CAST((r.q % 160) * (r.r % 160) * (o.number + 1) AS TEXT) || '.' END,
    0, 10, (r.q % 900) / 1000.0, 1, (r.p + o.number) % 10 < 4
FROM read AS r JOIN (SELECT 0 AS number UNION ALL SELECT 1) AS o ON 1 = 1""",
    "summaries": f"""
INSERT INTO summaries ({_KEY}, summary, windows)
SELECT r.run_id, r.id, {_MODEL} + 5, s.text, 1
FROM read AS r JOIN sentences AS s ON s.number = r.p % {SENTENCES}""",
    # English is left alone, the others are translated into it.
    "translations": f"""
INSERT INTO translations ({_KEY}, language, translation, windows)
SELECT r.run_id, r.id, {_MODEL} + 6, 'en', s.text || ' ' || s.text, 1
FROM read AS r JOIN sentences AS s ON s.number = r.q % {SENTENCES} WHERE r.q % 10 >= 7""",
    "abstentions": """
INSERT INTO abstentions (run_id, document_id, analysis, reason)
SELECT r.run_id, r.id, 'translation', 'language en' FROM read AS r WHERE r.q % 10 < 7""",
    "dead_letters": """
INSERT INTO dead_letters (run_id, document_id, analysis, error_class, message, attempts, failed_at)
SELECT r.run_id, r.id, 'summary', 'ValueError', 'reason ' || CAST(r.q % 7 AS TEXT), 1,
    CURRENT_TIMESTAMP FROM read AS r WHERE r.p % 1000 = 1""",
    # Of those who surely are up to something one in two complains, one in three asks.
    "intents": f"""
INSERT INTO intents ({_KEY}, ordinal, intent, score, windows, unsure)
SELECT r.run_id, r.id, {_MODEL} + 2, 0, CASE r.p % 12 WHEN 0 THEN 'churn_risk'
    WHEN 1 THEN 'request' WHEN 2 THEN 'request' WHEN 3 THEN 'complaint' WHEN 4 THEN 'complaint'
    WHEN 5 THEN 'complaint' ELSE 'none' END, 0.9, 1, r.q % 9 = 0
FROM read AS r""",
    "near_duplicates": """
INSERT INTO near_duplicates (document_id, group_id, is_equal)
SELECT i, i - i % 60, i % 40 = 0 FROM draws WHERE i % 20 = 0 AND i >= 60 AND i <= {rows}""",
}

#: A slice of a run for an analysis: `a` are the analyses.
JOBS = f"""
INSERT INTO jobs (run_id, analysis, first_position, end_position, state, attempts, fence, failed,
    worker, started_at, finished_at, seconds)
SELECT r.run_id, a.analysis, r.position, r.position + {SLICE}, 'done', 1, 1, 0,
    'gpu' || CAST(r.position % 3 AS TEXT) || '@host/0', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 1.5
FROM run_documents AS r CROSS JOIN (SELECT DISTINCT analysis FROM models) AS a
WHERE r.position % {SLICE} = 0
"""

#: Themes, and of each document one or two clauses, one in nine of which is in none.
FOUND = 60
THEMES = (
    """
INSERT INTO theme_sets (id, scope, basis, next_theme_id, made_at, ready_at)
VALUES (1, 'all', 'embedding', 1000, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)""",
    f"""
INSERT INTO themes (set_id, id, kind, name, phrases, centre, first_seen)
SELECT 1, i, 'theme', 'theme ' || CAST(i AS TEXT), '[]', '', CURRENT_TIMESTAMP
FROM draws WHERE i <= {FOUND}""",
    f"""
INSERT INTO document_themes (set_id, document_id, ordinal, theme_id, similarity, copy_key)
SELECT 1, d.i, o.number, CASE WHEN (d.p + o.number) % 9 > 0
        THEN 1 + (d.q % {FOUND}) * (d.r % {FOUND} + o.number) % {FOUND} END,
    0.5 + (d.r % 50) / 100.0, CASE WHEN d.i % 20 = 0 THEN d.p % 10007 ELSE d.i + 20000 END
FROM draws AS d JOIN (SELECT 0 AS number UNION ALL SELECT 1) AS o ON o.number = 0 OR d.p % 2 = 1""",
)
