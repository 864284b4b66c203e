"""The models of a catalog as lines for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rich.filesize import decimal

from workers.inventory.facts import EACH_PAIR, ModelFacts
from workers.inventory.labels import UNKNOWN, Label
from workers.inventory.named_model import PACKAGE

_WIDTH = 96
_INDENT = 4
#: Of a model that has labels by the hundred.
_MOST_LABELS = 30


def lines_of(facts: ModelFacts) -> Iterator[str]:
    """A model: what it is called, and below it what is known of it."""
    yield f"{facts.name}: {facts.model}"
    for said in _said(facts):
        yield from textwrap.wrap(
            said,
            _WIDTH,
            initial_indent=" " * _INDENT,
            subsequent_indent=" " * (_INDENT + 2),
            break_long_words=False,
            break_on_hyphens=False,
        )


def _said(facts: ModelFacts) -> Iterator[str]:
    yield _where(facts)
    licence = facts.licence or ("not said by its card" if facts.here else "in its card on the hub")
    languages = ", ".join(facts.languages) if facts.languages else "any, as far as is said"
    yield f"licence {licence}; languages: {languages}"
    if facts.way:
        yield f"computed: {facts.way}; precision: {facts.precision}"
    if facts.adapter:
        yield f"adapter: {facts.adapter}, merged into it"
    if facts.options:
        options = ", ".join(f"{name} = {value!r}" for name, value in facts.options.items())
        yield f"options: {options}"
    if facts.labels:
        yield f"labels: {labels_line(facts.labels)}"


def _where(facts: ModelFacts) -> str:
    if facts.here is None:
        example = f"{facts.name}.en-de"
        return f"{EACH_PAIR}; of one: triage models list|pull|check {example}"
    revision = f", revision {facts.revision}" if facts.revision else ""
    if not facts.here:
        return f"MISSING{revision}; fetch it with: triage models pull {facts.name}"
    if facts.model == PACKAGE:
        return "here, a package"
    shared = f", and {decimal(facts.shared_bytes)} shared with others" if facts.shared_bytes else ""
    return f"here{revision}, {decimal(facts.bytes)}{shared}"


def labels_line(labels: list[Label]) -> str:
    """Labels, each with what it means where its name is another word."""
    shown = ", ".join(_label(one) for one in labels[:_MOST_LABELS])
    more = len(labels) - _MOST_LABELS
    return shown + (f", and {more} more" if more > 0 else "")


def _label(one: Label) -> str:
    if one.means is None or one.means == one.name.casefold():
        return one.name
    if one.means == UNKNOWN:
        return f"{one.name} = {UNKNOWN} (the catalog has to say it)"
    return f"{one.name} = {one.means}"
