"""What the results of two runs differ in: each flip with its share, its interval and examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from schema.questions.answer_flips import read_answer_flips
from schema.questions.figures import Share
from schema.questions.flip import Flip, Flips, make_flip
from schema.questions.paired_results import EXAMPLES, JOINED, Pair
from schema.results import OrdinalTable, result_table
from schema.results.answer import AnswerRow
from schema.results.entity import EntityRow
from schema.results.language import LanguageRow
from schema.results.sentiment import SentimentRow

#: What stands for a result that the model is not sure of, as reports count it.
UNSURE = "unsure"
#: Documents, and ids of some.
_Counted = tuple[int, tuple[int, ...]]
#: Names of entities that more or fewer documents have, at the most.
_NAMES = 20


def read_flips(pair: Pair, documents: int) -> Flips:
    """Compare the results of an analysis.

    Args:
        pair: The analysis and both runs.
        documents: How many both have analysed.
    """
    table = result_table(pair.analysis)
    if table is AnswerRow:
        return read_answer_flips(pair, documents)
    if issubclass(table, OrdinalTable):
        return _named(pair, documents)
    if table.writes_text:
        return _texts(pair, documents)
    return _labels(pair, documents)


def _labels(pair: Pair, documents: int) -> Flips:
    """Of analyses that give a document one label."""
    table: Any = result_table(pair.analysis)
    if table is LanguageRow:
        columns = {"language": "language"}
    elif table is SentimentRow:
        columns = {"polarity": "polarity", "label": "label"}
    else:
        columns = {"label": "label"}
    sides = ", ".join(_said(row, column) for column in columns.values() for row in "ab")
    groups = ", ".join(str(place + 1) for place in range(2 * len(columns)))
    rows = pair.rows(f"SELECT {sides}, COUNT(*) {JOINED} GROUP BY {groups}")
    counted = {what: Counter[tuple[str, str]]() for what in columns}
    changed = 0
    for *said, count in rows:
        pairs = list(zip(said[::2], said[1::2], strict=True))
        changed += count if any(one != other for one, other in pairs) else 0
        for what, both in zip(columns, pairs, strict=True):
            counted[what][both] += count
    if _have_equal_labels(counted):
        del counted["label"]
        changed = sum(n for (one, other), n in counted["polarity"].items() if one != other)
    flips = []
    for what, counts in counted.items():
        examples = _label_examples(pair, columns[what])
        flips += [
            make_flip(what, both, Share.of(count, documents), examples.get(both, ()))
            for both, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
            if both[0] != both[1]
        ]
    return Flips(Share.of(changed, documents), flips)


def _have_equal_labels(counted: dict[str, Counter[tuple[str, str]]]) -> bool:
    """Whether the labels of both models are polarities, but for their case."""
    if "polarity" not in counted:
        return False
    folded = Counter[tuple[str, ...]]()
    for both, count in counted["label"].items():
        folded[tuple(one.casefold() for one in both)] += count
    return folded == counted["polarity"]


def _said(row: str, column: str) -> str:
    """What a row says, as reports count it; an unsure one says nothing."""
    return f"CASE WHEN {row}.unsure THEN '{UNSURE}' ELSE COALESCE({row}.{column}, '(none)') END"


def _label_examples(pair: Pair, column: str) -> dict[tuple[str, str], tuple[int, ...]]:
    one, other = _said("a", column), _said("b", column)
    return _examples(
        pair.rows(f"""
        SELECT said_before, said_after, document_id FROM (
            SELECT {one} AS said_before, {other} AS said_after, a.document_id AS document_id,
                ROW_NUMBER() OVER (PARTITION BY {one}, {other} ORDER BY a.document_id) AS place
            {JOINED} AND {one} <> {other}
        ) AS ranked WHERE place <= {EXAMPLES} ORDER BY document_id""")
    )


def _examples(rows: Sequence[Any]) -> dict[tuple[Any, Any], tuple[int, ...]]:
    found: dict[tuple[Any, Any], tuple[int, ...]] = {}
    for before, after, document in rows:
        found[before, after] = (*found.get((before, after), ()), document)
    return found


#: What either run names in a document, once: `kept` by both, `lost` by the first alone, `gained`.
_NAMED = """
SELECT document_id, kind, MIN(name) AS name, MAX(of_a) AS of_a, MAX(of_b) AS of_b FROM (
    SELECT x.document_id AS document_id, {kind} AS kind, {name} AS name, {key} AS thing,
        CASE WHEN x.run_id = :a THEN 1 ELSE 0 END AS of_a,
        CASE WHEN x.run_id = :b THEN 1 ELSE 0 END AS of_b
    FROM TABLE AS x
    JOIN TABLE_DONE AS done ON done.document_id = x.document_id
    WHERE x.run_id IN (:a, :b) AND NOT x.unsure {also}
) AS said GROUP BY document_id, kind, thing
"""
_BOTH_DONE = (
    "(SELECT one.document_id FROM (DONE_A) AS one JOIN (DONE_B) AS two "
    "ON two.document_id = one.document_id AND two.text_used = one.text_used)"
)


def _named(pair: Pair, documents: int) -> Flips:
    """Of analyses that may name several things in a document."""
    if result_table(pair.analysis) is EntityRow:
        parts = {"kind": "x.type", "name": "x.text", "also": ""}
        parts["key"] = "x.start || '-' || x.\"end\""
    else:
        parts = {"kind": "x.intent", "name": "''", "key": "''", "also": "AND x.intent <> 'none'"}
    named = _NAMED.format(**parts).replace("TABLE_DONE", _BOTH_DONE)
    ((changed,),) = pair.rows(
        f"SELECT COUNT(DISTINCT document_id) FROM ({named}) AS said WHERE of_a <> of_b"
    )
    what = "type" if parts["key"] != "''" else "intent"
    flips = _by_kind(pair, named, what, "kind", documents)
    if what == "type":
        flips += _by_kind(pair, named, "name", "kind || ' ' || lower(name)", documents)[:_NAMES]
    return Flips(Share.of(changed, documents), flips)


def _by_kind(pair: Pair, named: str, what: str, kind: str, documents: int) -> list[Flip]:
    """How many documents lose or gain each kind of thing, which counts once in each."""
    rows = pair.rows(f"""
    SELECT * FROM (
        SELECT thing, of_a, document_id,
            COUNT(*) OVER (PARTITION BY thing, of_a) AS documents,
            ROW_NUMBER() OVER (PARTITION BY thing, of_a ORDER BY document_id) AS place
        FROM (
            SELECT DISTINCT {kind} AS thing, of_a, document_id FROM ({named}) AS said
            WHERE of_a <> of_b
        ) AS found
    ) AS ranked WHERE place <= {EXAMPLES} ORDER BY documents DESC, thing, of_a, place""")
    found: dict[tuple[str, int], _Counted] = {}
    for thing, of_a, document, count, _ in rows:
        _, before = found.get((thing, of_a), (0, ()))
        found[thing, of_a] = (count, (*before, document))
    return [
        make_flip(what, (thing, None) if of_a else (None, thing), Share.of(count, documents), ids)
        for (thing, of_a), (count, ids) in found.items()
    ]


def _texts(pair: Pair, documents: int) -> Flips:
    """Of texts that a model writes: whether they are the same, character for character."""
    column = {"summary": "summary", "reply": "draft"}.get(pair.analysis, "translation")
    # A document may have no draft.
    differ = f"{JOINED} AND COALESCE(a.{column}, '') <> COALESCE(b.{column}, '')"
    ((changed,),) = pair.rows(f"SELECT COUNT(*) {differ}")
    rows = pair.rows(f"SELECT a.document_id {differ} ORDER BY a.document_id LIMIT {EXAMPLES}")
    share = Share.of(changed, documents)
    ids = tuple(row.document_id for row in rows)
    return Flips(share, [Flip("text", "a text", "another text", share, ids)] if changed else [])
