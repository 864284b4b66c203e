"""Texts whose vectors are learned from all-MiniLM-L6-v2: what customers write, clause by clause,
and sentences with translations, which are to have the vector of the English one.

The intents that themes are measured on (banking77, CLINC150) are not among them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recipes.encoder.data.files import csv_rows, held_out, json_lines, lines

#: Texts of an epoch by kind.
DRAW = {"reviews": 8000, "turns": 5000, "patients": 2000, "requests": 6000, "sentences": 4000}
LANGUAGES = ("de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb")
#: Where a sentence is cut into clauses.
CLAUSES = re.compile(r"(?<=[.!?])\s+|,?\s+(?:but|however|although)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Meaning:
    """A text, and the English one whose vector it is to have: itself, or what it translates."""

    text: str
    english: str


def _clauses(text: str) -> Iterator[str]:
    for clause in CLAUSES.split(" ".join(text.split())):
        if 3 <= len(clause.split()) <= 40:
            yield clause


class MeaningData:
    """All texts, by kind.

    Args:
        data: The folder of data.
    """

    def __init__(self, data: Path) -> None:
        self._texts: dict[str, list[Meaning]] = {
            "reviews": [Meaning(text, text) for text in self._reviews(data)],
            "turns": [Meaning(text, text) for text in self._turns(data)],
            "patients": [Meaning(text, text) for text in self._patients(data)],
            "requests": list(self._requests(data)),
            "sentences": list(self._sentences(data)),
        }

    def epoch(self, rng: random.Random) -> list[Meaning]:
        """The texts of one epoch, drawn anew."""
        drawn: list[Meaning] = []
        for name, count in DRAW.items():
            drawn += rng.sample(self._texts[name], min(count, len(self._texts[name])))
        rng.shuffle(drawn)
        return drawn

    @staticmethod
    def _reviews(data: Path) -> Iterator[str]:
        rows = csv_rows(data / "sentiment/womens_clothing_reviews.csv.gz")
        texts = [row["Review Text"] for row in rows if not held_out(row["Review Text"])]
        texts += [
            row["text"]
            for name in ("product_reviews_hu_liu", "mams_restaurant_categories", "pros_cons")
            for row in json_lines(data / f"sentiment/{name}.jsonl.gz")
            if not held_out(row["text"])
        ]
        yield from dict.fromkeys(clause for text in texts for clause in _clauses(text))

    @staticmethod
    def _turns(data: Path) -> Iterator[str]:
        rows = json_lines(data / "bulk/multidogo_customer_turns.jsonl.zst")
        yield from dict.fromkeys(clause for row in rows for clause in _clauses(row["text"]))

    @staticmethod
    def _patients(data: Path) -> Iterator[str]:
        rows = json_lines(data / "topics/nhs_feedback_themes.jsonl.gz")
        texts = (row["text"] for row in rows if not held_out(row["text"], 0.5))
        yield from dict.fromkeys(clause for text in texts for clause in _clauses(text))

    @staticmethod
    def _requests(data: Path) -> Iterator[Meaning]:
        rng = random.Random(5)
        for row in json_lines(data / "topics/massive_16_languages.jsonl.zst"):
            if row["partition"] == "train":
                english = re.sub(r"\[[^:\]]+ : ([^\]]+)\]", r"\1", row["en"])
                language = "de" if rng.random() < 0.3 else rng.choice(LANGUAGES)
                if row.get(language):
                    yield Meaning(row[language], english)

    @staticmethod
    def _sentences(data: Path) -> Iterator[Meaning]:
        for line in lines(data / "parallel/tatoeba_eng_deu.tsv.gz"):
            english, _, rest = line.partition("\t")
            if len(english.split()) >= 4 and not held_out(english):
                yield Meaning(rest.split("\t")[0], english)
