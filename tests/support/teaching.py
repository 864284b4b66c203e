"""Texts that a tiny model can learn from, and the command that teaches it."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from pathlib import Path

from tests.support.checkpoints import build_sentiment
from workers.train import command

#: What a class is known by.
GOOD = ("love", "great", "good", "perfect")
BAD = ("broken", "bad", "refund", "late")
_THINGS = ("lamp", "zip", "kettle", "parcel", "dress", "phone", "shop", "order", "box", "price")


def build_base(folder: Path) -> Path:
    """A tiny encoder without dropout, so that it learns the same in one process and in two."""
    return build_sentiment(folder, labels=4, dropout=0.0, attention_dropout=0.0)


def labelled_rows(count: int, names: Sequence[str] = ("positive", "negative")) -> list[list[str]]:
    """Texts of two classes in turn, as (text, label)."""
    rows = []
    words = itertools.cycle(itertools.product(_THINGS, _THINGS, range(4)))
    for number, (one, other, place) in zip(range(count), words, strict=False):
        word = (GOOD if number % 2 == 0 else BAD)[place]
        rows.append([f"the {one} and the {other} {number} {word} {word}", names[number % 2]])
    return rows


def write_rows(path: Path, rows: Sequence[Sequence[str]], header: Sequence[str]) -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def teach(analysis: str, data: Path, base: Path, output: Path, *more: str) -> int:
    """Train on one thread, with a rate that a tiny model needs; a later option counts instead."""
    recipe = ["--learning-rate", "0.01", "--epochs", "3", "--batch-size", "8", "--device", "cpu"]
    given = ["--data", str(data), "--base", str(base), "--output", str(output)]
    return command.main([analysis, *given, *recipe, *more])
