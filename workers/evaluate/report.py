"""An evaluation as it is printed: scores with intervals, confusion, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workers.calibrate.examples import DataError, Example
from workers.evaluate.judging import Evaluation, judge
from workers.evaluate.prediction import Prediction
from workers.evaluate.score import Score, scores_with_intervals

#: Characters of a text that is shown.
_EXCERPT = 100
#: Below so many texts an interval says little.
_FEW = 30
#: What rows and columns of the confusion are.
_CORNER = "people \\ model"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found.

    Attributes:
        examples: Those that every model could read.
        total: Of so many.
        predictions: One, or two that are compared.
        evaluations: Of them.
        scores: Of the first, beside the second's.
        names: Of the catalogs.
    """

    examples: Sequence[Example]
    total: int
    predictions: Sequence[Prediction]
    evaluations: Sequence[Evaluation]
    scores: Sequence[Score]
    names: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        first = self.evaluations[0]
        return {
            "analysis": self.predictions[0].analysis.name,
            "texts": len(self.examples),
            "of": self.total,
            "models": [
                {
                    "catalog": name,
                    "model": one.model,
                    "left_alone": one.left_alone,
                    "failed": one.failed,
                }
                for name, one in zip(self.names, self.predictions, strict=True)
            ],
            "scores": [_score_json(one) for one in self.scores],
            "confusion": [
                {"people": people, "model": model, "texts": texts}
                for people, model, texts in first.confusion
            ],
            "wrong": [
                {"line": one.line, "people": one.wanted, "model": one.said}
                for one in first.verdicts
                if not one.right
            ],
        }

    def lines(self, limit: int, show_text: bool) -> Iterator[str]:
        """For people.

        Args:
            limit: Wrong examples that are shown.
            show_text: Whether with their texts.
        """
        for name, found in zip(self.names, self.predictions, strict=True):
            yield f"{found.analysis.name}, {name}: {found.model}"
            if found.left_alone or found.failed:
                yield f"  {found.left_alone:,} texts left alone, {found.failed:,} failed"
        yield f"{len(self.examples):,} of {self.total:,} texts, intervals of 95 %"
        if len(self.examples) < _FEW:
            yield f"fewer than {_FEW} texts say little; label more"
        yield ""
        width = max(len(one.name) for one in self.scores)
        for one in self.scores:
            yield f"{one.name:{width}}  {_score_cells(one)}"
        yield from self._confusion()
        yield from self._wrong(limit, show_text)

    def _confusion(self) -> Iterator[str]:
        counts = {(one, other): n for one, other, n in self.evaluations[0].confusion}
        if not counts:
            return
        classes = sorted({name for both in counts for name in both})
        width = max(len(_CORNER), *map(len, classes))
        yield ""
        columns = [max(len(name), 6) for name in classes]
        heads = zip(classes, columns, strict=True)
        yield f"{_CORNER:{width}}  " + "  ".join(f"{name:>{w}}" for name, w in heads)
        for people in classes:
            cells = [
                f"{counts.get((people, model), 0):>{w}}"
                for model, w in zip(classes, columns, strict=True)
            ]
            yield f"{people:{width}}  " + "  ".join(cells)

    def _wrong(self, limit: int, show_text: bool) -> Iterator[str]:
        wrong = [one for one in self.evaluations[0].verdicts if not one.right]
        if not wrong:
            return
        texts = {one.line: " ".join(one.text.split())[:_EXCERPT] for one in self.examples}
        yield ""
        yield f"wrong in {self.names[0]}: {len(wrong):,}" + (
            f", the first {limit}" if len(wrong) > limit else ""
        )
        for one in wrong[:limit]:
            text = f"  “{texts[one.line]}”" if show_text else ""
            # What people and models say of it may be words of the text.
            quotes = self.predictions[0].analysis.name == "qa"
            said = "" if quotes and not show_text else f": {one.said} in place of {one.wanted}"
            yield f"  line {one.line}{said}{text}"


def make_report(
    examples: Sequence[Example], predictions: Sequence[Prediction], names: Sequence[str]
) -> Report:
    """Judge one model, or two over the texts that both could read.

    Raises:
        DataError: If there is none, or nothing to compare them with.
    """
    read = [one for one in examples if all(one.line in found.results for found in predictions)]
    if not read:
        raise DataError(
            f"none of {len(examples)} texts could be read by {' and '.join(names)}; say their "
            "language with --language, or name a model that reads it in the catalog"
        )
    evaluations = [
        judge(found.analysis, read, [found.results[one.line] for one in read])
        for found in predictions
    ]
    scores = scores_with_intervals(*(one.scored for one in evaluations))
    return Report(read, len(examples), predictions, evaluations, scores, names)


def _score_json(one: Score) -> dict[str, Any]:
    found: dict[str, Any] = {"name": one.name, "value": one.value}
    found |= {"low": one.interval.low, "high": one.interval.high}
    if one.difference is not None and one.against is not None:
        found |= {"against": one.against, "difference": one.value - one.against}
        found |= {"difference_low": one.difference.low, "difference_high": one.difference.high}
    return found


def _score_cells(one: Score) -> str:
    own = f"{one.value:7.3f}  ({one.interval.low:.3f} … {one.interval.high:.3f})"
    if one.difference is None or one.against is None:
        return own
    apart = one.value - one.against
    ends = f"({one.difference.low:+.3f} … {one.difference.high:+.3f})"
    sure = "" if one.difference.low <= 0 <= one.difference.high else "  differs"
    return f"{own}  against {one.against:7.3f}: {apart:+.3f} {ends}{sure}"
