"""How the results of two runs differ, analysis by analysis, and which run is right more often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from schema.questions.errors import NoAnswerError
from schema.questions.flip import Flips
from schema.questions.flips import read_flips
from schema.questions.paired_results import Coverage, Pair, read_coverage
from schema.questions.rightness import Rightness, read_rightness
from schema.tables import Model, Run

#: Vectors are no results that a person could compare.
_NOT_COMPARED = ("embedding",)


@dataclass(frozen=True, slots=True)
class RunModel:
    """A model of a run: its options are those that its results depend on."""

    name: str
    revision: str
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AnalysisComparison:
    """An analysis of two runs.

    Attributes:
        models_a: Of the first run, more than one where the catalog changed in between.
        models_b: Of the second run.
        right: None where nobody has labelled a document at random that both have analysed.
    """

    analysis: str
    models_a: Sequence[RunModel]
    models_b: Sequence[RunModel]
    coverage: Coverage
    flips: Flips
    right: Rightness | None


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Attributes: other_options: By name what the runs were told differently, of both runs."""

    other_options: dict[str, tuple[Any, Any]]
    analyses: Sequence[AnalysisComparison]


def compare_runs(
    connection: Connection, a: int, b: int, analysis: str | None = None
) -> RunComparison:
    """Compare what two runs say of the documents that both have analysed.

    Args:
        connection: Open.
        a: Id of the first run.
        b: Id of the second run.
        analysis: Only this one; None for all that both have.

    Raises:
        NoAnswerError: If there is nothing that could be compared.
    """
    rows = connection.execute(select(Run.__table__).where(Run.id.in_((a, b))))
    runs = {run.id: run for run in rows}
    first, second = runs[a], runs[b]
    shared = [one for one in first.analyses if one in second.analyses]
    wanted = [one for one in shared if one not in _NOT_COMPARED]
    if analysis is not None:
        if analysis not in wanted:
            raise NoAnswerError(
                f"runs {first.name} and {second.name} have no {analysis} to compare; both have "
                f"{', '.join(wanted) or 'nothing of it'}"
            )
        wanted = [analysis]
    found = [_compare(Pair(connection, one, a, b)) for one in wanted]
    compared = [one for one in found if one is not None]
    if not compared:
        raise NoAnswerError(
            f"runs {first.name} and {second.name} have no document of which both have results of "
            "the same analysis; run the same documents once more, with other models: triage "
            "ingest FILE --run NAME"
        )
    names = sorted({*first.options, *second.options})
    options = {name: (first.options.get(name), second.options.get(name)) for name in names}
    differing = {name: both for name, both in options.items() if both[0] != both[1]}
    return RunComparison(differing, compared)


def _compare(pair: Pair) -> AnalysisComparison | None:
    coverage = read_coverage(pair)
    if not coverage.both:
        return None
    return AnalysisComparison(
        analysis=pair.analysis,
        models_a=_models(pair, pair.a),
        models_b=_models(pair, pair.b),
        coverage=coverage,
        flips=read_flips(pair, coverage.both),
        right=read_rightness(pair),
    )


def _models(pair: Pair, run_id: int) -> list[RunModel]:
    rows = pair.connection.execute(
        select(Model.name, Model.revision, Model.options)
        .where(Model.run_id == run_id, Model.analysis == pair.analysis)
        .order_by(Model.id)
    )
    return [RunModel(*row) for row in rows]
