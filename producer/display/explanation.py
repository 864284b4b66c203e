"""A document with what the analyses made of it, marked in its own text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from producer.display.table import plain_text
from schema.results.answer import Answer
from schema.results.base import Label, Result
from schema.results.embedding import ClauseEmbedding
from schema.results.entity import Entity
from schema.results.intent import FoundIntent
from schema.results.summary import Summary
from schema.status.stored_results import StoredDocument, StoredResults

#: Passages of a label that are shown, those with the largest weight first.
MOST_PASSAGES = 5
#: Weights below this are noise to a reader.
LEAST_WEIGHT = 0.005
#: Characters shown on each side of a place in the text.
AROUND = 40
#: Characters of the whole text that are shown.
_TEXT = 4_000

Passages = Mapping[str, Sequence[Mapping[str, Any]]]


def as_lines(
    document: StoredDocument, results: Sequence[StoredResults], passages: Passages
) -> Iterator[Text]:
    """The document's text with its entities marked, then each analysis with its reasons."""
    yield Text(_heading(document), style="bold")
    yield _marked(document.text, results)
    for stored in results:
        yield Text()
        model = f" by {stored.model}" if stored.model else ""
        yield Text(f"{stored.analysis}{model}, run {stored.run}", style="bold")
        shown = [line for result in stored.results for line in _lines(document.text, result)]
        yield from shown
        if stored.analysis in passages:
            yield from _weights(document.text, passages[stored.analysis])


def _heading(document: StoredDocument) -> str:
    parts = [f"document {document.id}", document.source]
    if document.external_id is not None:
        parts.append(document.external_id)
    if document.language:
        parts.append(document.language)
    if document.product:
        parts.append(document.product)
    if document.rating is not None:
        scale = f"/{document.rating_scale}" if document.rating_scale else ""
        parts.append(f"rating {document.rating:g}{scale}")
    return plain_text(" · ".join(parts)).plain


def _marked(text: str, results: Sequence[StoredResults]) -> Text:
    # Every character that steers a terminal becomes one space, so that places stay what they are.
    shown = Text("".join(plain_text(part).plain or " " for part in text[:_TEXT]))
    for stored in results:
        for result in stored.results:
            if isinstance(result, Entity):
                shown.stylize("underline cyan", result.start, result.end)
            elif isinstance(result, Answer):
                shown.stylize("bold yellow", result.start, result.end)
    return shown


def _lines(text: str, result: Result) -> Iterator[Text]:
    if isinstance(result, Label):
        unsure = ", unsure" if result.unsure else ""
        polarity = getattr(result, "polarity", None)
        label = f"{polarity}, label {result.label}" if polarity else result.label
        yield plain_text(f"  {label}, {result.score:.2f}{unsure}")
    elif isinstance(result, Entity):
        yield _in_context(
            text, result.start, result.end, f"  {result.type:<8} {result.score:.2f}  "
        )
    elif isinstance(result, Answer):
        yield plain_text(f"  {result.question}")
        if result.end > result.start:
            yield _in_context(text, result.start, result.end, f"  {result.score:.2f}  ")
        else:
            yield Text("  (none)")
    elif isinstance(result, FoundIntent):
        yield plain_text(f"  {result.intent}, {result.score:.2f}{', unsure' * result.unsure}")
    elif isinstance(result, ClauseEmbedding):
        yield plain_text(f"  {text[result.start : result.end]}")
    elif isinstance(result, Summary) and result.sentences:
        for start, end in result.sentences:
            yield plain_text(f"  {text[start:end]}")
    else:
        yield plain_text("  " + " ".join(str(value) for value in result.as_json().values()))


def _in_context(text: str, start: int, end: int, before: str) -> Text:
    left = text[max(0, start - AROUND) : start]
    right = text[end : end + AROUND]
    line = plain_text(before + ("… " if start > AROUND else "") + left)
    line.append_text(Text(plain_text(text[start:end]).plain, style="bold"))
    line.append_text(plain_text(right + (" …" if end + AROUND < len(text) else "")))
    return line


def _weights(text: str, passages: Sequence[Mapping[str, Any]]) -> Iterator[Text]:
    if not passages:
        yield Text("  (one sentence: there is nothing to leave out)", style="dim")
        return
    heavy = sorted(passages, key=lambda part: -abs(part["weight"]))[:MOST_PASSAGES]
    shown = [part for part in heavy if abs(part["weight"]) >= LEAST_WEIGHT]
    if not shown:
        yield Text("  no single sentence changes the label", style="dim")
    for part in shown:
        weight = part["weight"]
        style = "green" if weight > 0 else "red"
        line = Text(f"  {weight:+.2f}  ", style=style)
        line.append_text(plain_text(" ".join(text[part["start"] : part["end"]].split())))
        yield line
