"""How good labels of one's own are without training, by the built-in encoder.

    python -m benchmarks.topics --data banking77_train.csv --label category [--text text]
        [--labels 10] [--draws 5] [--texts 24] [--shots 8] [--described labels.toml]

Some labels of a labelled file are drawn; texts of all others ought to be given none. Without
descriptions a label is its name alone. Printed are parts of the texts, means over the draws: right,
wrong, unsure and without a label of those that have one of the labels, and of the others how many
are left without one, or unsure.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from schema.catalog import load_catalog
from workers.encoders.interface import Floats, Ints
from workers.own_labels.fitting import Fitted, fit
from workers.own_labels.kinds import own_analysis
from workers.own_labels.labelled import NAMED_FROM
from workers.own_labels.similarity import SimilarityAnalysis
from workers.text.precision_texts import plain_texts


def main() -> None:
    """Measure, and print a line with and a line without examples."""
    asked = _parser().parse_args()
    texts, names, of_name = _read(asked)
    described = (
        tomllib.loads(asked.described.read_text("utf-8"))["labels"] if asked.described else {}
    )
    analysis = _encoder()
    said = [
        f"{name.replace('_', ' ')}: {described[name]}"
        if name in described
        else name.replace("_", " ")
        for name in names
    ]
    vectors = analysis.vectors([*texts, *said, *plain_texts()])
    of_texts, rest = np.split(vectors, [len(texts)])
    of_labels, others = np.split(rest, [len(names)])
    print("examples  right  wrong  unsure  (none) | others: (none)  unsure")
    for shots in (0, asked.shots):
        rows = []
        for draw in range(asked.draws):
            drawn = np.random.default_rng(draw)
            chosen = drawn.permutation(len(names))[: asked.labels]
            where = {int(name): place for place, name in enumerate(chosen)}
            truth = np.array([where.get(int(name), -1) for name in of_name])
            taken = _taken(drawn, truth, len(chosen), shots)
            found = fit(of_labels[chosen], of_texts[taken], truth[taken], others)
            left = np.setdiff1d(np.arange(len(texts)), taken)
            rows.append(_shares(found, of_texts[left], truth[left]))
        numbers = "  ".join(f"{value:6.1%}" for value in np.nanmean(rows, axis=0))
        print(f"{shots:8}  {numbers}")


def _taken(drawn: np.random.Generator, truth: Ints, labels: int, shots: int) -> Ints:
    """Examples of each label."""
    of_each = [drawn.permutation(np.flatnonzero(truth == one))[:shots] for one in range(labels)]
    return np.concatenate(of_each).astype(np.int64)


def _shares(found: Fitted, texts: Floats, truth: Ints) -> list[float]:
    counts = np.zeros((2, 4))
    for text, wanted in zip(texts, truth, strict=True):
        scores, has_none = found.exclusive(text)
        best = int(scores[:-1].argmax())
        if has_none:
            what = 3
        elif scores[best] < NAMED_FROM:
            what = 2
        else:
            what = 0 if best == wanted else 1
        counts[int(wanted < 0), what] += 1
    own, others = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    has_others = bool(counts[1].sum())
    return [*own, others[3] if has_others else np.nan, others[2] if has_others else np.nan]


def _read(asked: argparse.Namespace) -> tuple[list[str], list[str], Ints]:
    """Texts, names of labels, and which name each text has; of each name as many as are asked."""
    data: Path = asked.data
    opened = gzip.open if data.suffix == ".gz" else open
    with opened(data, "rt", encoding="utf-8", newline="") as file:
        lines = ".json" in data.name
        rows: list[dict[str, Any]] = [*map(json.loads, file)] if lines else [*csv.DictReader(file)]
    order = np.random.default_rng(0).permutation(len(rows))
    by_name: dict[str, list[str]] = {}
    for place in order:
        text, name = rows[place][asked.text], rows[place][asked.label]
        if text and name and len(by_name.setdefault(name, [])) < asked.texts:
            by_name[name].append(text)
    names = sorted(by_name)
    texts = [text for name in names for text in by_name[name]]
    of_name = np.repeat(np.arange(len(names)), [len(by_name[name]) for name in names])
    return texts, names, of_name


def _encoder() -> SimilarityAnalysis:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.toml"
        path.write_text('[topics]\nlabels = ["any label"]\n', "utf-8")
        catalog = load_catalog(str(path))
        made = own_analysis("topics").for_catalog(catalog)(catalog, "cpu")
    assert isinstance(made, SimilarityAnalysis)
    return made


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="label")
    parser.add_argument("--described", type=Path)
    for name, usual in (("labels", 10), ("draws", 5), ("texts", 24), ("shots", 8)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    return parser


if __name__ == "__main__":
    main()
