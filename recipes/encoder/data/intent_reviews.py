"""What sets of feedback, comments and everyday sentences say of the intent of their texts."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from recipes.encoder.data.files import json_lines
from recipes.encoder.data.intent import UNKNOWN, IntentText, asks, labelled, leaves, requests
from recipes.encoder.data.sentiment import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    LabelledText,
    clothing,
    patients,
    pros_cons,
    uci_sentences,
)

#: Languages of Tatoeba whose questions begin with their verb or a question word, so that they are
#: questions without the mark; and those that are read.
_INVERTED = {"eng", "deu", "nld", "swe", "dan", "nob"}
_TATOEBA = _INVERTED | {"fra", "spa", "ita", "por", "pol", "ces", "fin", "ron", "rus", "ukr"}
_GLAD, _CROSS = {"admiration", "gratitude"}, {"annoyance", "disappointment"}


def _by_polarity(texts: Iterator[LabelledText], *, plain: bool = False) -> Iterator[IntentText]:
    """Bad news is a complaint, good news praise; what is mixed says nothing of either, what is
    `plain` is neither.
    """
    for row in texts:
        known = {
            POSITIVE: {"complaint": 0, "praise": 1},
            NEGATIVE: {"complaint": 1, "praise": 0},
            NEUTRAL: {"complaint": 0, "praise": 0} if plain else {},
        }[row.label]
        question = UNKNOWN if "?" in row.text else 0
        request, churn_risk = requests(row.text), leaves(row.text)
        yield labelled(row.text, question=question, request=request, churn_risk=churn_risk, **known)


def reviews(data: Path) -> Iterator[IntentText]:
    """Reviews of clothes."""
    return _by_polarity(clothing(data))


def terse(data: Path) -> Iterator[IntentText]:
    """What is good, and what is bad."""
    return _by_polarity(pros_cons(data))


def sentences(data: Path) -> Iterator[IntentText]:
    """Sentences of product reviews, and of phones and films."""
    labels = {"pos": POSITIVE, "neg": NEGATIVE, "neutral": NEUTRAL}
    rows = json_lines(data / "sentiment/product_reviews_hu_liu.jsonl.gz")
    yield from _by_polarity(
        (LabelledText(r["text"], labels[r["label"]]) for r in rows if r["label"] in labels),
        plain=True,
    )
    yield from _by_polarity(uci_sentences(data))


def hospital(data: Path) -> Iterator[IntentText]:
    """What patients say of a hospital."""
    return _by_polarity(patients(data))


def bank_complaints(data: Path) -> Iterator[IntentText]:
    """Complaints to a bank supervisor: two sentences of each, and all that say who leaves."""
    rng = random.Random(6)
    for row in json_lines(data / "topics/cfpb_complaints.jsonl.zst"):
        parts = [s.strip() for s in re.split(r"(?<=[.!?])\s+", row["text"]) if "XX" not in s]
        parts = [s for s in parts if 25 < len(s) < 300]
        pairs = [" ".join(parts[at : at + 2]) for at in range(len(parts) - 1)]
        chosen = set(rng.sample(pairs, min(2, len(pairs))))
        for text in pairs:
            churn, request = leaves(text), requests(text)
            if churn == 1 or text in chosen:
                question = UNKNOWN if "?" in text else 0
                yield labelled(
                    text,
                    complaint=1,
                    praise=0,
                    question=question,
                    request=request,
                    churn_risk=churn,
                )


def everyday(data: Path) -> Iterator[IntentText]:
    """Everyday sentences: a question or not; some questions without their mark."""
    rng = random.Random(8)
    for row in json_lines(data / "langid/tatoeba_langid.jsonl.gz"):
        if row["lang"] not in _TATOEBA:
            continue
        text = row["text"].strip()
        question = int(text.endswith("?"))
        bare = row["lang"] in _INVERTED and rng.random() < 0.4
        yield labelled(text.rstrip(" ?.") if bare else text, question=question)


def comments(data: Path) -> Iterator[IntentText]:
    """Comments on Reddit by their emotions."""
    for row in json_lines(data / "sentiment/goemotions.jsonl.gz"):
        felt, text = set(row["emotions"]), row["text"]
        known = {"churn_risk": leaves(text)}
        if felt <= _GLAD:
            known |= {"praise": 1, "complaint": 0}
        elif felt <= _CROSS:
            known |= {"praise": 0, "complaint": 1}
        elif felt == {"neutral"}:
            known |= {"praise": 0, "complaint": 0, "request": requests(text)}
        elif "curiosity" in felt and text.endswith("?"):
            known |= {"question": 1, "praise": 0}
        else:
            continue
        if "question" not in known:
            known["question"] = 0 if asks(text) == 0 else UNKNOWN
        yield labelled(text, **known)
