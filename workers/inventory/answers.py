"""Answers of a model: in a few words, and whether two are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schema.results import Abstention, Failure, results_json
from workers.engine.document_state import Conclusion

#: Characters of an answer that are shown.
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Equal:
    """How many answers of a smaller precision are those of fp32.

    Attributes:
        equal: So many; labels, spans and texts have to be the same as a whole, scores may differ.
        compared: Of so many.
    """

    equal: int
    compared: int

    def line(self) -> str:
        """In words."""
        return f"{self.equal} of {self.compared} answers as in fp32"


def equal_answers(analysis: str, exact: Sequence[Conclusion], given: Sequence[Conclusion]) -> Equal:
    """Compare the answers to the same texts."""
    pairs = zip(exact, given, strict=True)
    same = [_core(analysis, one) == _core(analysis, other) for one, other in pairs]
    return Equal(sum(same), len(same))


def _core(analysis: str, conclusion: Conclusion) -> Any:
    if isinstance(conclusion, Failure):
        return conclusion.error_class
    if isinstance(conclusion, Abstention):
        return conclusion.reason
    return _without_numbers(results_json(analysis, conclusion)) if conclusion else []


def _without_numbers(answer: Any) -> Any:
    """An answer without what rounding changes: scores, probabilities, and what is made of them."""
    if isinstance(answer, Mapping):
        kept = {key: one for key, one in answer.items() if not isinstance(one, float | Mapping)}
        return {key: _without_numbers(one) for key, one in kept.items() if key != "unsure"}
    if isinstance(answer, list):
        return [_without_numbers(one) for one in answer]
    return answer


def in_words(analysis: str, answer: Any) -> str:
    """What a model said of one text, briefly.

    Args:
        analysis: That it serves.
        answer: As `results_json` has it; None if it left the text alone.
    """
    if answer is None:
        return "it left the text alone"
    if analysis == "embedding":
        count = len(answer)
        return "one vector" if count == 1 else f"{count} vectors"
    rows = answer if isinstance(answer, list) else [answer]
    said = "; ".join(_row(row) for row in rows) or "nothing found"
    return said if len(said) <= _SHOWN else f"{said[: _SHOWN - 1]}…"


def _row(row: Mapping[str, Any]) -> str:
    score = row.get("score")
    shown = f" {score:.2f}" if isinstance(score, float) else ""
    for key in ("label", "intent", "answer", "text", "language"):
        if (word := row.get(key)) is not None:
            kind = f"{row['type']} " if "type" in row else ""
            return f"{kind}{word or 'no answer'}{shown}"
    return "nothing found"
