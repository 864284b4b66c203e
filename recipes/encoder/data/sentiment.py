"""Labelled texts for sentiment: negative, neutral or positive, from several kinds of feedback.

Sentences of `m_absa`, English and German reviews in seven domains, are never trained on: they
measure what the model is worth away from home.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from recipes.encoder.data.files import csv_rows, held_out, json_lines

NEGATIVE, NEUTRAL, POSITIVE = range(3)
LABELS = ("negative", "neutral", "positive")

#: Emotions of GoEmotions and XED by polarity; surprise, curiosity and the like are left out.
_POSITIVE = {
    *("admiration", "amusement", "approval", "caring", "excitement", "gratitude", "joy", "love"),
    *("optimism", "pride", "relief", "trust"),
}
_NEGATIVE = {
    *("anger", "annoyance", "disappointment", "disapproval", "disgust", "embarrassment", "fear"),
    *("grief", "nervousness", "remorse", "sadness"),
}


@dataclass(frozen=True)
class LabelledText:
    """A text and its label, 0 to 2, as in `LABELS`."""

    text: str
    label: int


@dataclass(frozen=True)
class TextSource:
    """A set of labelled texts.

    Attributes:
        name: Of the set.
        read: Yields all of it.
        draw: Texts of each label in an epoch, at the most.
    """

    name: str
    read: Callable[[Path], Iterator[LabelledText]]
    draw: tuple[int, int, int]


def clothing(data: Path) -> Iterator[LabelledText]:
    """Reviews of clothes: one and two stars, three, four and five; with the title, mostly."""
    rng = random.Random(1)
    for row in csv_rows(data / "sentiment/womens_clothing_reviews.csv.gz"):
        body, title, stars = row["Review Text"].strip(), row["Title"].strip(), int(row["Rating"])
        if not body:
            continue
        label = NEGATIVE if stars <= 2 else NEUTRAL if stars == 3 else POSITIVE
        kind = rng.random()
        if held_out(body) or not title or kind > 0.5:
            yield LabelledText(body, label)
        else:
            yield LabelledText(title if kind < 0.06 else f"{title}. {body}", label)


def pros_cons(data: Path) -> Iterator[LabelledText]:
    """Terse lists of what is good, or bad, about a product."""
    for row in json_lines(data / "sentiment/pros_cons.jsonl.gz"):
        yield LabelledText(row["text"], POSITIVE if row["label"] == "pos" else NEGATIVE)


def product_sentences(data: Path) -> Iterator[LabelledText]:
    """Sentences of product reviews; what mixes both is neutral."""
    labels = {"pos": POSITIVE, "neg": NEGATIVE}
    for row in json_lines(data / "sentiment/product_reviews_hu_liu.jsonl.gz"):
        yield LabelledText(row["text"], labels.get(row["label"], NEUTRAL))


def uci_sentences(data: Path) -> Iterator[LabelledText]:
    """Sentences of reviews of phones and films."""
    for row in json_lines(data / "sentiment/uci_sentences_amazon_imdb.jsonl"):
        yield LabelledText(row["text"], POSITIVE if row["label"] else NEGATIVE)


def _by_emotions(path: Path, languages: set[str] | None = None) -> Iterator[LabelledText]:
    for row in json_lines(path):
        if languages is not None and row["lang"] not in languages:
            continue
        emotions = set(row["emotions"])
        good, bad = emotions & _POSITIVE, emotions & _NEGATIVE
        text = row["text"].replace(" n't", "n't").replace(" '", "'")
        if emotions == {"neutral"}:
            yield LabelledText(text, NEUTRAL)
        elif emotions == good:
            yield LabelledText(text, POSITIVE)
        elif emotions == bad:
            yield LabelledText(text, NEGATIVE)


def reddit(data: Path) -> Iterator[LabelledText]:
    """Comments on Reddit by their emotions."""
    return _by_emotions(data / "sentiment/goemotions.jsonl.gz")


def subtitles_de(data: Path) -> Iterator[LabelledText]:
    """German film subtitles by their emotions."""
    return _by_emotions(data / "sentiment/xed_subtitles.jsonl.gz", {"de"})


def subtitles(data: Path) -> Iterator[LabelledText]:
    """Film subtitles in other languages by their emotions."""
    others = {"en", "es", "fr", "it", "nl", "pl", "pt"}
    return _by_emotions(data / "sentiment/xed_subtitles.jsonl.gz", others)


def restaurants(data: Path) -> Iterator[LabelledText]:
    """Sentences on restaurants; good and bad in one sentence is neutral."""
    for name in ("terms", "categories"):
        for row in json_lines(data / f"sentiment/mams_restaurant_{name}.jsonl.gz"):
            found = {aspect["polarity"] for aspect in row["aspects"]} - {"neutral"}
            if found <= {"positive"}:
                yield LabelledText(row["text"], POSITIVE if found else NEUTRAL)
            elif found == {"negative"}:
                yield LabelledText(row["text"], NEGATIVE)
            else:
                yield LabelledText(row["text"], NEUTRAL)


def patients(data: Path) -> Iterator[LabelledText]:
    """What patients say of a hospital, on a scale from 1, very positive, to 5."""
    for row in json_lines(data / "topics/nhs_feedback_multi_themes.jsonl.gz"):
        if scale := row["sentiment_1_very_positive_5_very_negative"]:
            label = POSITIVE if int(scale) <= 2 else NEUTRAL if scale == "3" else NEGATIVE
            if len(row["text"]) > 10:
                yield LabelledText(row["text"], label)
    for row in json_lines(data / "topics/nhs_feedback_themes.jsonl.gz"):
        critical = row["criticality"]
        if critical is not None and len(row["text"]) > 10 and abs(critical) in (2, 3, 4):
            yield LabelledText(row["text"], POSITIVE if critical > 0 else NEGATIVE)


def medicines(data: Path) -> Iterator[LabelledText]:
    """Reviews of medicines, of 10: up to 4, 5 and 6, from 7 on. Half of them are the comment alone,
    which seldom says how it went; half have what helped and what did not in front of it.
    """
    rng = random.Random(4)
    for row in json_lines(data / "sentiment/druglib_reviews.jsonl.gz"):
        comment, stars = row["text"].strip(), int(row["rating"] or 0)
        if not stars or len(comment) <= 20:
            continue
        label = NEGATIVE if stars <= 4 else NEUTRAL if stars <= 6 else POSITIVE
        if held_out(comment) or rng.random() < 0.5:
            yield LabelledText(comment, label)
        else:
            parts = [row["benefits"], row["side_effects"], comment]
            yield LabelledText(" ".join(part.strip() for part in parts if part), label)


def complaints(data: Path) -> Iterator[LabelledText]:
    """Complaints to a bank supervisor: two sentences of each."""
    rng = random.Random(2)
    for row in json_lines(data / "topics/cfpb_complaints.jsonl.zst"):
        sentences = [s for s in row["text"].split(". ") if 30 < len(s) < 300 and "XX" not in s]
        if len(sentences) > 1:
            at = rng.randrange(len(sentences) - 1)
            yield LabelledText(". ".join(sentences[at : at + 2]) + ".", NEGATIVE)


def requests(data: Path) -> Iterator[LabelledText]:
    """What people ask of an assistant, in many languages: neutral."""
    rng = random.Random(3)
    languages = ("de", "en", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb")
    for row in json_lines(data / "topics/massive_16_languages.jsonl.zst"):
        language = "de" if rng.random() < 0.25 else rng.choice(languages)
        if row["partition"] == "train" and language != "en" and row.get(language):
            yield LabelledText(row[language], NEUTRAL)


SOURCES = (
    TextSource("clothing", clothing, (2500, 2500, 6000)),
    TextSource("pros_cons", pros_cons, (3000, 0, 3000)),
    TextSource("product_sentences", product_sentences, (1400, 2000, 2400)),
    TextSource("uci_sentences", uci_sentences, (1000, 0, 1000)),
    TextSource("reddit", reddit, (2500, 2000, 2500)),
    TextSource("subtitles_de", subtitles_de, (1500, 800, 1200)),
    TextSource("subtitles", subtitles, (1200, 700, 1000)),
    TextSource("restaurants", restaurants, (1000, 1500, 1000)),
    TextSource("patients", patients, (1800, 400, 2500)),
    TextSource("medicines", medicines, (600, 300, 1500)),
    TextSource("complaints", complaints, (900, 0, 0)),
    TextSource("requests", requests, (0, 1200, 0)),
)


class SentimentData:
    """All sets, without the parts that are held out to measure with.

    Args:
        data: The folder of data.
    """

    def __init__(self, data: Path) -> None:
        self._training: dict[str, list[LabelledText]] = {}
        for source in SOURCES:
            rows = list(source.read(data))
            self._training[source.name] = [row for row in rows if not held_out(row.text)]

    def texts(self) -> Iterator[str]:
        """All texts to train on."""
        for rows in self._training.values():
            yield from (row.text for row in rows)

    def epoch(self, rng: random.Random) -> list[LabelledText]:
        """The texts of one epoch, drawn anew from every set."""
        drawn: list[LabelledText] = []
        for source in SOURCES:
            for label, count in enumerate(source.draw):
                rows = [row for row in self._training[source.name] if row.label == label]
                drawn += rng.sample(rows, min(count, len(rows)))
        rng.shuffle(drawn)
        return drawn
