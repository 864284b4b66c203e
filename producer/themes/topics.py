"""Topics of a person's own list, which stand beside the themes that are found.

A topic has no vector of its own, since the console has no encoder: its centre is the mean direction
of the clauses that say its words, those that say the most telling ones of them first.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from producer.themes.grid import Grid, centres
from schema.insights.words import EMPTY_WORDS, words

#: Clauses that a topic's centre is the mean of, at the most.
CLAUSES = 50
#: A clause counts whose words weigh at least this part of those of the best one.
LEAST_PART = 0.5


class TopicsError(ValueError):
    """A list of topics cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A name, and words that say what it is about."""

    name: str
    description: str = ""

    def words(self) -> set[str]:
        """Those of its name and its description that say something."""
        return set(words(f"{self.name} {self.description}")) - EMPTY_WORDS


def read_topics(path: Path) -> list[Topic]:
    """Read a list: TOML with a table `topics` of name = "description", or CSV with the columns
    `name` and `description`.

    Raises:
        TopicsError: Names the file, and what is wrong with it.
    """
    try:
        text = path.read_text("utf-8-sig")
        if path.suffix.lower() == ".toml":
            pairs = [(str(k), str(v)) for k, v in tomllib.loads(text).get("topics", {}).items()]
        else:
            rows = csv.DictReader(text.splitlines())
            pairs = [(row.get("name") or "", row.get("description") or "") for row in rows]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error) as error:
        raise TopicsError(f"cannot read the topics in {path.name}: {error}") from None
    found = [Topic(name.strip(), said.strip()) for name, said in pairs if name.strip()]
    if not found:
        raise TopicsError(
            f"{path.name} has no topics: write a CSV with the columns name and description, or "
            "a TOML file with a table [topics]"
        )
    return found


def topic_centres(
    topics: Sequence[Topic], texts: Sequence[str], rows: Grid
) -> tuple[list[Topic], Grid]:
    """The topics whose words some clause says, with their centres."""
    said = [set(words(text)) for text in texts]
    known, found = [], []
    for topic in topics:
        chosen = _closest(topic.words(), said)
        if len(chosen):
            known.append(topic)
            found.append(centres(rows[chosen], np.zeros(len(chosen), dtype=np.int64), 1))
    empty = np.empty((0, rows.shape[1]), dtype=np.int16)
    return known, np.concatenate([empty, *found])


def _closest(wanted: set[str], said: Sequence[set[str]]) -> list[int]:
    """The clauses that say the words of a topic which fewest others say."""
    counts = {word: sum(word in one for one in said) for word in wanted}
    weights = {word: np.log(1 + len(said) / count) for word, count in counts.items() if count}
    value = {
        row: float(sum(weights[word] for word in sorted(weights.keys() & one)))
        for row, one in enumerate(said)
        if not weights.keys().isdisjoint(one)
    }
    least = LEAST_PART * max(value.values(), default=0.0)
    ranked = sorted(
        (row for row in value if value[row] >= least), key=lambda row: (-value[row], row)
    )
    return sorted(ranked[:CLAUSES])
