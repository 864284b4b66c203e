"""`triage compare RUN_A RUN_B`: what two runs say differently, and which is right more often."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy import Connection, select

from producer.commands.question_cells import chance, figure_cells, ids, percent_cells, with_ends
from producer.commands.question_output import (
    Answer,
    AsFormat,
    AsJson,
    Limit,
    Output,
    Writing,
    pick_format,
)
from producer.errors import UsageError
from producer.session import open_database
from schema.database import reading
from schema.questions.figures import Share
from schema.reports import Value
from schema.status.runs import find_run
from schema.tables import DocumentRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema.questions.flip import Flip
    from schema.questions.rightness import Rightness
    from schema.questions.run_comparison import AnalysisComparison, RunComparison, RunModel

_COLUMNS = (
    *("analysis", "what", "run_a", "run_b", "documents", "of", *with_ends("percent")),
    *(*with_ends("difference"), "p", "examples", "show"),
)
#: Flips of an analysis whose texts are shown below a table, texts of each, and characters of one.
_FLIPS, _TEXTS, _EXCERPT = 3, 2, 160
#: The p below which a difference is spoken of.
_SELDOM = 0.05


def compare(
    run_a: Annotated[str, typer.Argument(metavar="RUN_A", help="The run of before, say.")],
    run_b: Annotated[str, typer.Argument(metavar="RUN_B", help="The one of other models, say.")],
    analysis: Annotated[
        str | None, typer.Option(metavar="A", help="Only this analysis; else all of both.")
    ] = None,
    format: AsFormat = None,
    as_json: AsJson = False,
    output: Output = None,
    limit: Limit = None,
) -> None:
    """Show what flipped between two runs, of the documents that both have analysed.

    Where people have labelled a random part (triage review, triage correct), also which of the two
    is right more often, by McNemar's exact test.
    """
    from schema.questions.run_comparison import compare_runs

    engine = open_database()
    if run_a == run_b:
        raise UsageError(f"both are run {run_a!r}; name two")
    with reading(engine) as connection:
        a, b = find_run(connection, run_a), find_run(connection, run_b)
        found = compare_runs(connection, a, b, analysis)
        quotes = [
            quote for one in found.analyses for quote in _quotes(connection, one, (run_a, run_b))
        ]
    rows = [row for one in found.analyses for row in _rows(one, (run_a, run_b))]
    answer = Answer(_COLUMNS, rows, quotes, _notes(found, (run_a, run_b)))
    Writing(pick_format(format, as_json), output, limit).write(answer)


_Runs = tuple[str, str]


def _rows(one: AnalysisComparison, runs: _Runs) -> list[tuple[Value, ...]]:
    changed, both = one.flips.changed, one.coverage.both
    first = _row(one, "changed", (None, None), changed, _first_examples(one.flips.flips))
    rows = [_row(one, "model", (_named(one.models_a), _named(one.models_b)), Share.of(both, both))]
    # What is no share of anything has no interval.
    rows[0] = (*rows[0][:6], None, None, None, *rows[0][9:])
    rows.append(first)
    rows += [
        _row(one, flip.what, (flip.before, flip.after), flip.share, flip.examples)
        for flip in one.flips.flips
    ]
    return rows if one.right is None else [*rows, *_right_rows(one, one.right, runs)]


def _right_rows(one: AnalysisComparison, right: Rightness, runs: _Runs) -> list[tuple[Value, ...]]:
    counts = right.counts
    shares = [Share.of(hits, counts.total) for hits in (counts.right_a, counts.right_b)]
    said = [f"{100 * (share.share or 0):.1f} %" for share in shares]
    verdict = _row(one, "right", (said[0], said[1]), Share.of(counts.total, counts.total))
    difference = figure_cells(right.difference, right.interval, is_share=True)
    rows = [(*verdict[:6], None, None, None, *difference, chance(right.p), *verdict[-2:])]
    for place, (hits, examples) in enumerate(
        ((counts.only_a, right.better_a), (counts.only_b, right.better_b))
    ):
        sides = ("right", "wrong") if place == 0 else ("wrong", "right")
        rows.append(_row(one, "only one is right", sides, Share.of(hits, counts.total), examples))
    return rows


def _row(
    one: AnalysisComparison,
    what: str,
    sides: tuple[str | None, str | None],
    share: Share,
    examples: Sequence[int] = (),
) -> tuple[Value, ...]:
    show = f"triage explain {examples[0]}" if examples else ""
    counted = (share.count, share.total, *percent_cells(share))
    no_difference = (None, None, None, None)
    return one.analysis, what, *sides, *counted, *no_difference, ids(examples), show


def _first_examples(flips: Sequence[Flip]) -> tuple[int, ...]:
    return flips[0].examples if flips else ()


def _named(models: Sequence[RunModel]) -> str:
    """What served a run; its options behind it, where they are not the usual ones."""
    said = []
    for model in models:
        options = json.dumps(model.options, sort_keys=True) if model.options else ""
        said.append(" ".join(part for part in (model.name, model.revision, options) if part))
    return "; ".join(said) or "no model"


def _quotes(
    connection: Connection, one: AnalysisComparison, runs: _Runs
) -> list[tuple[str, list[str]]]:
    """Texts behind the most frequent flips, and behind what only one run has right."""
    titled = [
        (f"{one.analysis}, {_flip_name(flip)}", flip.examples) for flip in one.flips.flips[:_FLIPS]
    ]
    if one.right is not None:
        for run, examples in zip(runs, (one.right.better_a, one.right.better_b), strict=True):
            titled.append((f"{one.analysis}, only {run} is right", examples))
    return [
        (f"{title}: {ids(examples)}", _texts(connection, examples[:_TEXTS]))
        for title, examples in titled
        if examples
    ]


def _flip_name(flip: Flip) -> str:
    if flip.before is None:
        return f"{flip.what} gained: {flip.after}"
    if flip.after is None:
        return f"{flip.what} lost: {flip.before}"
    return f"{flip.what} {flip.before} → {flip.after}"


def _texts(connection: Connection, documents: Sequence[int]) -> list[str]:
    wanted = select(DocumentRow.text).where(DocumentRow.id.in_(documents)).order_by(DocumentRow.id)
    texts = (" ".join(text.split()) for text in connection.execute(wanted).scalars())
    return [text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…" for text in texts]


def _notes(found: RunComparison, runs: _Runs) -> list[str]:
    notes = [
        f"{name} differs: {json.dumps(a, ensure_ascii=False)} in {runs[0]}, "
        f"{json.dumps(b, ensure_ascii=False)} in {runs[1]}"
        for name, (a, b) in found.other_options.items()
    ]
    for one in found.analyses:
        coverage = one.coverage
        more = [
            f"{n - coverage.both:,} more of {run}"
            for n, run in zip((coverage.a, coverage.b), runs, strict=True)
        ]
        if coverage.other_text:
            more.append(f"{coverage.other_text:,} of them from another text")
        notes.append(
            f"{one.analysis}: of {coverage.both:,} documents that both have analysed; "
            f"{', '.join(more)}"
        )
        if one.right is not None:
            notes.append(_verdict(one.analysis, one.right, runs))
    if all(one.right is None for one in found.analyses):
        notes.append(
            "which is right nobody can say before people label a random part: triage review "
            f"{runs[0]} --output FILE, then triage correct FILE"
        )
    return notes


def _verdict(analysis: str, right: Rightness, runs: _Runs) -> str:
    counts = right.counts
    better = runs[1] if counts.only_b > counts.only_a else runs[0]
    says = f"{better} is right more often" if right.p < _SELDOM else "may be chance"
    left_out = f"; {right.not_random:,} labelled for another reason left out" * bool(
        right.not_random
    )
    return (
        f"{analysis}, {says}: of {counts.total:,} documents that people labelled at random "
        f"{counts.only_a:,} are right in {runs[0]} alone, {counts.only_b:,} in {runs[1]} alone "
        f"(McNemar, exact: p {right.p:.2g}); unsure is not right{left_out}"
    )
