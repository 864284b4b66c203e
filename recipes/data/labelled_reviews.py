"""Reads the labelled review sets that the pocket sentiment model learns from.

Sources (their licences allow shipping weights trained on them, with attribution):
Women's E-Commerce Clothing Reviews (nicapotato, CC0 1.0); pros and cons, and customer review
sentences (Hu & Liu 2004 and Liu et al. 2005, as distributed with NLTK, CC BY 4.0); sentiment
labelled sentences (Kotzias et al. 2015, UCI, CC BY 4.0); Banking77 (Casanueva et al. 2020,
CC BY 4.0).
"""

import csv
import gzip
import hashlib
import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

NEGATIVE, POSITIVE = 0, 1
TROUBLE = (
    "declined", "failed", "not_working", "not_recognised", "lost", "stolen", "wrong", "swallowed",
    "charged_twice", "fee_charged", "compromised", "extra_charge", "not_received", "reverted",
)  # fmt: skip


class Example(NamedTuple):
    """A text and its label, `NEGATIVE` or `POSITIVE`."""

    text: str
    label: int


class Review(NamedTuple):
    """A clothing review: title (may be empty), body and stars (1–5)."""

    title: str
    body: str
    stars: int

    @property
    def held_out(self) -> bool:
        """Whether a hash of the body puts this review into the tenth that is never trained on."""
        return int(hashlib.sha256(self.body.encode()).hexdigest(), 16) % 10 == 0


def read_clothing_reviews(data: Path) -> list[Review]:
    """All clothing reviews that have a body, in the file's order."""
    path = data / "sentiment" / "womens_clothing_reviews.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [
            Review(row["Title"].strip(), row["Review Text"].strip(), int(row["Rating"]))
            for row in csv.DictReader(file)
            if row["Review Text"].strip()
        ]


def read_short_examples(data: Path) -> list[Example]:
    """Pros and cons, product review sentences, and UCI sentences, those with a clear label."""
    folder = data / "sentiment"
    examples = []
    for name in ("pros_cons.jsonl.gz", "product_reviews_hu_liu.jsonl.gz"):
        for row in read_jsonl(folder / name):
            if row["label"] in ("pos", "neg"):
                text = " ".join(html.unescape(html.unescape(str(row["text"]))).split())
                examples.append(Example(text, int(row["label"] == "pos")))
    for row in read_jsonl(folder / "uci_sentences_amazon_imdb.jsonl"):
        examples.append(Example(str(row["text"]), int(str(row["label"]))))
    return [example for example in examples if example.text]


def read_bank_troubles(data: Path) -> list[Example]:
    """Messages to a bank about something gone wrong (by intent), taken as negative."""
    with (data / "topics" / "banking77_train.csv").open(encoding="utf-8", newline="") as file:
        return [
            Example(row["text"].strip(), NEGATIVE)
            for row in csv.DictReader(file)
            if any(word in row["category"] for word in TROUBLE)
        ]


def read_jsonl(path: Path) -> Iterator[dict[str, object]]:
    """The objects of a JSON-lines file, plain or gzipped."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
