"""Expands phrase templates into text with labelled spans: the source of synthetic training text.

Syntax, which nests freely:

- `(a|b|c)` one of the alternatives (`(very |)` makes a word optional),
- `{slot}` one of the lexicon's phrases for that slot, itself a template,
- `<label:text>` the characters of the expanded text are a span of that label.

Where an optional word is left out, only one of the spaces around it stays.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

#: What fills a slot: phrases to choose from, or a function that makes one.
Lexicon = Mapping[str, Sequence[str] | Callable[[random.Random], str]]


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch of a text, in character offsets."""

    label: str
    start: int
    end: int

    def moved(self, by: int) -> "Span":
        """The same span in a text that has `by` more characters before it."""
        return Span(self.label, self.start + by, self.end + by)


@dataclass(slots=True)
class Marked:
    """A text and its labelled spans."""

    text: str = ""
    spans: list[Span] = field(default_factory=list)

    def append(self, other: "Marked", separator: str = " ") -> None:
        """Put `other` behind this text, after `separator` unless this text is empty."""
        if self.text:
            self.text += separator
        self.spans.extend(span.moved(len(self.text)) for span in other.spans)
        self.text += other.text


def expand(template: str, lexicon: Lexicon, rng: random.Random) -> Marked:
    """Expand `template` once.

    Raises:
        ValueError: If a bracket is not closed.
        KeyError: If a slot is not in the lexicon.
    """
    marked = Marked()
    _expand_into(marked, template, lexicon, rng)
    return marked


def _expand_into(marked: Marked, template: str, lexicon: Lexicon, rng: random.Random) -> None:
    at = 0
    while at < len(template):
        character = template[at]
        if character not in "({<":
            if character != " " or not marked.text.endswith(" "):
                marked.text += character
            at += 1
            continue
        end = _closing(template, at)
        inner = template[at + 1 : end]
        if character == "(":
            _expand_into(marked, rng.choice(_alternatives(inner)), lexicon, rng)
        elif character == "{":
            filler = lexicon[inner]
            phrase = filler(rng) if callable(filler) else rng.choice(filler)
            _expand_into(marked, phrase, lexicon, rng)
        else:
            label, _, body = inner.partition(":")
            start = len(marked.text)
            _expand_into(marked, body, lexicon, rng)
            marked.spans.append(Span(label, start, len(marked.text)))
        at = end + 1


def _closing(template: str, at: int) -> int:
    """Where the bracket opened at `at` closes."""
    opening = template[at]
    closing = {"(": ")", "{": "}", "<": ">"}[opening]
    depth = 0
    for index in range(at, len(template)):
        if template[index] == opening:
            depth += 1
        elif template[index] == closing:
            depth -= 1
            if not depth:
                return index
    raise ValueError(f"no closing {closing!r} for character {at} of template {template!r}")


def _alternatives(inner: str) -> list[str]:
    """Split on the `|` that are not inside a bracket."""
    parts = [""]
    depth = 0
    for character in inner:
        depth += (character in "({<") - (character in ")}>")
        if character == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts
