"""Which of two runs is right more often, where people have said what is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, func, select

from schema.corrections.subject import Subject, reviewable
from schema.insights import Interval
from schema.insights.paired import PairedCounts, mcnemar, paired_difference
from schema.intents import join_intents, split_intents
from schema.questions.paired_results import EXAMPLES, Pair
from schema.tables import RANDOM, CorrectionRow

#: Documents that one statement asks for.
_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Rightness:
    """How often each of two runs says what a person says, of documents that were drawn at random.

    An unsure result says nothing, and so is not right.

    Attributes:
        difference: The second run's share of right ones less the first run's, in -1…1.
        interval: Where it lies, 95 times of 100.
        p: How often chance alone would make them differ as much (McNemar, exact).
        better_a: Ids of some documents that only the first has right.
        better_b: Ids of some that only the second has right.
        not_random: Labelled documents that were not drawn at random, and so say nothing: a run
            draws what it is itself least sure of.
    """

    counts: PairedCounts
    difference: float
    interval: Interval
    p: float
    better_a: tuple[int, ...]
    better_b: tuple[int, ...]
    not_random: int


def read_rightness(pair: Pair) -> Rightness | None:
    """Compare both runs with what people say; None where nobody says anything."""
    if pair.analysis not in reviewable(pair.connection):
        return None
    said = _last_words(pair.connection, pair.analysis)
    random = {one: label for one, (label, drawn) in said.items() if drawn == RANDOM}
    of_a, of_b = (_results(pair, run, sorted(random)) for run in (pair.a, pair.b))
    verdicts = {
        one: (of_a[one] == _said(pair, label), of_b[one] == _said(pair, label))
        for one, label in random.items()
        if one in of_a and one in of_b
    }
    if not verdicts:
        return None
    better_a = [one for one, (a, b) in verdicts.items() if a and not b]
    better_b = [one for one, (a, b) in verdicts.items() if b and not a]
    both = sum(a and b for a, b in verdicts.values())
    neither = len(verdicts) - both - len(better_a) - len(better_b)
    counts = PairedCounts(both, len(better_a), len(better_b), neither)
    return Rightness(
        counts=counts,
        difference=(counts.right_b - counts.right_a) / counts.total,
        interval=paired_difference(counts),
        p=mcnemar(counts),
        better_a=tuple(sorted(better_a)[:EXAMPLES]),
        better_b=tuple(sorted(better_b)[:EXAMPLES]),
        not_random=len(said) - len(random),
    )


def _last_words(connection: Connection, analysis: str) -> dict[int, tuple[str, str]]:
    """By document what was said of it last, and how it was drawn; of whatever run it was."""
    last = (
        select(func.max(CorrectionRow.id))
        .where(CorrectionRow.analysis == analysis, CorrectionRow.superseded_at.is_(None))
        .group_by(CorrectionRow.document_id)
    )
    rows = connection.execute(
        select(CorrectionRow.document_id, CorrectionRow.label, CorrectionRow.drawn).where(
            CorrectionRow.id.in_(last)
        )
    )
    return {document: (label, drawn) for document, label, drawn in rows}


def _said(pair: Pair, label: str) -> str:
    """What a person says, as `_results` gives what a model says."""
    return join_intents(split_intents(label)) if Subject(0, pair.analysis).has_several else label


def _results(pair: Pair, run_id: int, documents: Sequence[int]) -> dict[int, str | None]:
    """By document what a run surely says of it; None where it is unsure."""
    subject = Subject(run_id, pair.analysis)
    table = subject.table
    found: dict[int, str | None] = {}
    for start in range(0, len(documents), _BLOCK):
        rows = pair.connection.execute(
            select(table.document_id, subject.label, table.unsure)
            .where(subject.is_of_run, table.document_id.in_(documents[start : start + _BLOCK]))
            .order_by(table.document_id)
        )
        for document, of_one in groupby(rows, key=_document):
            sure = [label for _, label, unsure in of_one if label is not None and not unsure]
            several = join_intents(sure) if sure and subject.has_several else None
            found[document] = several or next(iter(sure), None)
    return found


def _document(row: Any) -> int:
    return int(row[0])
