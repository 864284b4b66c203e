"""What the analyses say of a text, in a few words each, for a person in front of a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from producer.engine.result_columns import NOT_ANALYSED, is_left_alone

#: What one of several results says, by the first of these that it has.
_SAYS = ("answer", "text", "intent")
#: Where nothing was found.
_NOTHING = "–"


def in_words(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The analyses, with what each says; `?` stands behind what a model is unsure of.

    Args:
        results: By analysis, as `producer.engine.analyzed.AnalyzedRow` has them.
    """
    return [(analysis, _words_of(analysis, found)) for analysis, found in results.items()]


def _words_of(analysis: str, found: Any) -> str:
    if is_left_alone(found):
        return f"not analysed: {found[NOT_ANALYSED]}"
    if isinstance(found, list):
        return ", ".join(_one_of(found)) or _NOTHING
    mark = _mark(found)
    if "labels" in found:
        return f"{', '.join(found['labels'])}{mark} {found['score']:.2f}"
    if "label" in found:
        return f"{found.get('polarity') or found['label']}{mark} {found['score']:.2f}"
    said = found[analysis] if analysis in found else found.get("text")
    return f"{_NOTHING if said is None else said}{mark}"


def _one_of(found: Sequence[Mapping[str, Any]]) -> list[str]:
    if found and "vector" in found[0]:
        return [f"{len(found)} vectors of {len(found[0]['vector'])} numbers"]
    said = []
    for one in found:
        words = next((one[key] for key in _SAYS if key in one), "") or _NOTHING
        kind = f" ({one['type']})" if "type" in one else ""
        # One question need not be said again at every answer.
        asked = f"{one['question']} " if "question" in one and len(found) > 1 else ""
        said.append(f"{asked}{words}{kind}{_mark(one)}")
    return said


def _mark(result: Mapping[str, Any]) -> str:
    return "?" if result.get("unsure") else ""
