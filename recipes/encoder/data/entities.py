"""Texts with named entities, from sets that know different kinds of them.

A set that does not know products leaves them unmarked, which is no proof that there are none: such
a set says of a token only that it is no person, organisation or place (`open_labels`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from recipes.encoder.data.files import held_out, lines
from recipes.encoder.data.sentiment import clothing
from recipes.entities.templates import FeedbackTemplates
from recipes.text.names import Names

KINDS = ("PER", "ORG", "LOC", "PROD", "MISC")
#: `O`, then begin and inside of each kind.
LABELS = ("O", *(f"{part}-{kind}" for kind in KINDS for part in "BI"))


@dataclass(frozen=True)
class TaggedText:
    """A text and its entities.

    Attributes:
        spans: Begin and end in characters, and the kind.
        open_labels: Kinds that the set does not mark.
    """

    text: str
    spans: tuple[tuple[int, int, str], ...]
    open_labels: frozenset[str]


@dataclass(frozen=True)
class EntitySource:
    """A set.

    Attributes:
        files: Below the folder of data.
        column: Of the label, in a row of a token.
        kinds: Of the set's own, by ours; others are unmarked text.
        draw: Texts in an epoch, at the most.
        token: Column of the token.
    """

    name: str
    files: tuple[str, ...]
    column: int
    kinds: dict[str, str]
    draw: int
    token: int = 0


_PLAIN = {"PER": "PER", "ORG": "ORG", "LOC": "LOC"}
_WNUT = {
    "person": "PER",
    "location": "LOC",
    "corporation": "ORG",
    "group": "ORG",
    "product": "PROD",
    "creative-work": "MISC",
}
_MULTICONER = {
    "PER": "PER",
    "LOC": "LOC",
    "CORP": "ORG",
    "GRP": "ORG",
    "PROD": "PROD",
    "CW": "MISC",
}
_MOBIE = {
    "organization": "ORG",
    "organization-company": "ORG",
    "location": "LOC",
    "location-city": "LOC",
    "location-street": "LOC",
    "location-stop": "LOC",
    "person": "PER",
}

SOURCES = (
    EntitySource(
        "broad_twitter",
        tuple(f"ner/broad_twitter/{part}.conll.gz" for part in "abegh"),
        1,
        _PLAIN,
        6700,
    ),
    EntitySource("wnut", ("ner/wnut17/train.conll",), 1, _WNUT, 3400),
    EntitySource("ewt", ("ner/uner_en_ewt/dev.iob2",), 2, _PLAIN, 2000, token=1),
    EntitySource(
        "germeval", ("ner/germeval2014/dev.tsv.gz",), 2, _PLAIN | {"OTH": "MISC"}, 2200, token=1
    ),
    EntitySource("mobie", ("ner/mobie_de/train_dev.conll.gz",), 1, _MOBIE, 1500),
    EntitySource(
        "multiconer_en", ("ner/multiconer/multiconer1_en.conll.gz",), 1, _MULTICONER, 1500
    ),
    EntitySource(
        "multiconer_de", ("ner/multiconer/multiconer1_de.conll.gz",), 1, _MULTICONER, 1000
    ),
    EntitySource("multiconer_es", ("ner/multiconer/multiconer1_es.conll.gz",), 1, _MULTICONER, 500),
    EntitySource("multiconer_nl", ("ner/multiconer/multiconer1_nl.conll.gz",), 1, _MULTICONER, 500),
)
#: Texts of an epoch that are made of templates and of real sentences without names.
MADE = 3500
#: Measured only.
DEVELOPMENT = EntitySource("wnut_dev", ("ner/wnut17/dev.conll",), 1, _WNUT, 0)


def read(source: EntitySource, data: Path) -> Iterator[TaggedText]:
    """The texts of a set: its tokens, with a space between each two."""
    missing = frozenset(KINDS) - frozenset(source.kinds.values())
    for name in source.files:
        for tokens in _sentences(lines(data / name), source):
            yield _tagged(tokens, source.kinds, missing)


def _sentences(rows: Iterable[str], source: EntitySource) -> Iterator[list[tuple[str, str]]]:
    sentence: list[tuple[str, str]] = []
    for row in rows:
        parts = row.split("\t")
        if row.startswith("# ") or (source.token and row.startswith("#\t")):
            continue
        if len(parts) <= source.column or not parts[source.token].strip():
            if sentence:
                yield sentence
            sentence = []
            continue
        sentence.append((parts[source.token].strip(), parts[source.column].strip()))
    if sentence:
        yield sentence


def _tagged(
    tokens: list[tuple[str, str]], kinds: dict[str, str], missing: frozenset[str]
) -> TaggedText:
    text = ""
    spans: list[tuple[int, int, str]] = []
    before = ""
    for token, label in tokens:
        begin = len(text) + bool(text)
        text = f"{text} {token}" if text else token
        part, _, raw = label.partition("-")
        kind = kinds.get(raw, "")
        if kind:
            goes_on = part == "I" and before == raw and spans
            if goes_on:
                spans[-1] = (spans[-1][0], len(text), kind)
            else:
                spans.append((begin, len(text), kind))
        before = raw if kind else ""
    return TaggedText(text, tuple(spans), missing)


#: Signs before which a text that people write has no space.
_TIGHT = (" .", " ,", " !", " ?", " ;", " :", " )", " 's", " n't", " 'm", " 're", " 've", " 'll")


def rewritten(example: TaggedText, rng: random.Random) -> TaggedText:
    """The text as people write it: mostly without a space before a point; at times a lower-cased
    one gets the capitals that names have.
    """
    if rng.random() < 0.35 and example.text.islower():
        example = _capitalised(example)
    return _tightened(example) if rng.random() < 0.7 else example


def _capitalised(example: TaggedText) -> TaggedText:
    text = example.text
    for begin, end, _ in example.spans:
        words = " ".join(word[:1].upper() + word[1:] for word in text[begin:end].split(" "))
        if len(words) == end - begin:
            text = text[:begin] + words + text[end:]
    first = text[:1].upper()
    text = first + text[1:] if len(first) == 1 else text
    return TaggedText(text, example.spans, example.open_labels)


def _tightened(example: TaggedText) -> TaggedText:
    text, dropped = example.text, 0
    written: list[str] = []
    #: Of each character, and of the end, where it is now.
    moved: list[int] = []
    for at, character in enumerate(text):
        moved.append(at - dropped)
        if character == " " and any(text.startswith(sign, at) for sign in _TIGHT):
            dropped += 1
        else:
            written.append(character)
    moved.append(len(text) - dropped)
    spans = tuple((moved[begin], moved[end], kind) for begin, end, kind in example.spans)
    return TaggedText("".join(written), spans, example.open_labels)


class EntityData:
    """All sets, without the parts that are held out to measure with."""

    def __init__(self, data: Path) -> None:
        self._training: dict[str, list[TaggedText]] = {}
        for source in SOURCES:
            rows = list(read(source, data))
            self._training[source.name] = [row for row in rows if not held_out(row.text)]
        # Names begin with a capital, so that sentences without one within them have none.
        sentences = (s for row in clothing(data) for s in re.split(r"(?<=[.!?])\s+", row.text))
        plain = [s for s in sentences if 3 <= len(s.split()) <= 25 and s[1:].islower()]
        self._templates = FeedbackTemplates(Names(), plain)

    def _made(self, rng: random.Random) -> TaggedText:
        """Feedback as it names shops, couriers, people, places and products."""
        made = self._templates.text(rng)
        kinds = {"MISC": "PROD"}
        spans = ((s.start, s.end, kinds.get(s.label, s.label)) for s in made.spans)
        return TaggedText(made.text, tuple(sorted(spans)), frozenset())

    def texts(self) -> Iterator[str]:
        """All texts to train on."""
        for rows in self._training.values():
            yield from (row.text for row in rows)

    def epoch(self, rng: random.Random) -> list[TaggedText]:
        """The texts of one epoch, drawn anew from every set."""
        drawn: list[TaggedText] = []
        for source in SOURCES:
            rows = self._training[source.name]
            drawn += [rewritten(row, rng) for row in rng.sample(rows, min(source.draw, len(rows)))]
        drawn += [self._made(rng) for _ in range(MADE)]
        rng.shuffle(drawn)
        return drawn
