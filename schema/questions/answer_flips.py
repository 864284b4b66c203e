"""Answers that two runs give differently: to each question that both were asked."""

from __future__ import annotations

from schema.questions.figures import Share
from schema.questions.flip import Flips, make_flip
from schema.questions.paired_results import EXAMPLES, JOINED, Pair

#: Documents, and ids of some.
_Counted = tuple[int, tuple[int, ...]]
#: Questions that both runs were asked, of each document.
_ASKED = f"{JOINED} AND a.question = b.question"
#: Answers that are not the same, character for character; written out once, since most of the time
#: goes into what is a key of an answer. Those of one key are equal all the same.
_ANSWERED = f"""WITH said AS MATERIALIZED (
    SELECT a.question AS question, a.document_id AS document_id,
        CASE WHEN NOT a.unsure AND bare(a.answer) <> '' THEN answer_key(a.answer) END AS of_a,
        CASE WHEN NOT b.unsure AND bare(b.answer) <> '' THEN answer_key(b.answer) END AS of_b
    {_ASKED} AND (a.answer <> b.answer OR a.unsure <> b.unsure)
), differing AS (
    SELECT question, document_id,
        CASE WHEN of_a IS NULL THEN 0 WHEN of_b IS NULL THEN 1 ELSE 2 END AS kind
    FROM said WHERE COALESCE(of_a, '') <> COALESCE(of_b, '')
)"""
#: What `kind` says of both sides.
_SIDES = ((None, "an answer"), ("an answer", None), ("an answer", "another answer"))


def read_answer_flips(pair: Pair, documents: int) -> Flips:
    """Of questions that both runs were asked."""
    asked = {
        row[0]: row[1] for row in pair.rows(f"SELECT a.question, COUNT(*) {_ASKED} GROUP BY 1")
    }
    rows = pair.rows(f"""{_ANSWERED}
    SELECT * FROM (
        SELECT question, kind, document_id,
            COUNT(*) OVER (PARTITION BY question, kind) AS documents,
            ROW_NUMBER() OVER (PARTITION BY question, kind ORDER BY document_id) AS place
        FROM differing
    ) AS ranked WHERE place <= {EXAMPLES} ORDER BY documents DESC, question, kind, place""")
    found: dict[tuple[str, int], _Counted] = {}
    for question, kind, document, count, _ in rows:
        _, before = found.get((question, kind), (0, ()))
        found[question, kind] = (count, (*before, document))
    flips = [
        make_flip(question, _SIDES[kind], Share.of(count, asked[question]), ids)
        for (question, kind), (count, ids) in found.items()
    ]
    changed = sum(count for count, _ in found.values())
    if len(asked) > 1:
        of_any = "SELECT COUNT(DISTINCT document_id) FROM differing"
        ((changed,),) = pair.rows(f"{_ANSWERED} {of_any}")
    return Flips(Share.of(changed, documents), flips)
