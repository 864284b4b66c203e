"""How far corrected shares are off, beside a model's count and beside labels alone:
`python -m benchmarks.corrected_shares [--data FOLDER] [--texts N] [--draws N]`.

With `--data`, of clothing reviews (`FOLDER/sentiment/womens_clothing_reviews.csv.gz`): the truth is
at most two stars, the model the pocket sentiment, which first reads N of them (minutes). Without,
of scores that are made up: those of bad texts lie above those of others, and half of the bad ones
get a label that is wrong. Sets of 2,000 texts are drawn with a known share of bad ones; 300 of them
are labelled.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schema.insights.corrected_share import Scores, corrected_share
from schema.insights.proportion import wilson

SHARES = (0.03, 0.10, 0.25, 0.45)
SET, LABELS = 2_000, 300


@dataclass(frozen=True)
class Texts:
    """Texts of which the truth is known: whether each is bad, whether the model calls it so, and
    its score, higher for bad ones.
    """

    bad: NDArray[np.bool_]
    called: NDArray[np.bool_]
    score: NDArray[np.float64]

    def describe(self) -> str:
        right, found = (self.bad == self.called).mean(), self.called[self.bad].mean()
        kept = (~self.called[~self.bad]).mean()
        return (
            f"{len(self.bad):,} texts, {self.bad.mean():.1%} bad; the model calls "
            f"{self.called.mean():.1%} so: right {right:.1%}, of the bad {found:.1%}, "
            f"of the others {kept:.1%}"
        )


class Estimate(NamedTuple):
    """A share and its interval."""

    share: float
    low: float
    high: float


def made_up(count: int) -> Texts:
    random = np.random.default_rng(0)
    bad = random.random(count) < 0.3
    score = np.where(bad, random.beta(2, 2, count), random.beta(1, 8, count))
    return Texts(bad, score >= 0.5, score)


def clothing(folder: Path, count: int) -> Texts:
    path = folder / "sentiment" / "womens_clothing_reviews.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Review Text"].strip()]
    chosen = [rows[i] for i in np.random.default_rng(0).permutation(len(rows))[:count]]
    read = list(_read([row["Review Text"] for row in chosen]))
    # As the report has it: how far it leans to “negative”.
    score = np.array([max(0.0, -one["polarity_score"]) for one in read])
    called = np.array([one["polarity"] == "negative" for one in read])
    return Texts(np.array([int(row["Rating"]) <= 2 for row in chosen]), called, score)


def _read(texts: list[str]) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.jsonl"
        lines = (json.dumps({"id": number, "text": text}) for number, text in enumerate(texts))
        file.write_text("\n".join(lines), "utf-8")
        command = [sys.executable, "-m", "workers.analyze", str(file), "--analyses=sentiment"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    yield from (json.loads(line)["sentiment"] for line in done.stdout.splitlines())


def estimates(texts: Texts, labelled: NDArray[np.int64]) -> Iterator[tuple[str, Estimate]]:
    hits, called = int(texts.bad[labelled].sum()), int(texts.called.sum())
    count = len(texts.bad)
    yield "the model's count", Estimate(called / count, *wilson(called, count))
    share = hits / len(labelled)
    yield f"{len(labelled)} labels alone", Estimate(share, *wilson(hits, len(labelled)))
    truth = texts.bad[labelled]
    corrected = corrected_share(truth, texts.score[labelled], Scores.of(texts.score))
    yield "corrected share", Estimate(corrected.share, *corrected.interval)


class Quality(NamedTuple):
    """How estimates of one share were: in points, but for the last one, which is a share."""

    bias: float
    error: float
    half: float
    covers: float


def measure(texts: Texts, share: float, draws: int) -> dict[str, Quality]:
    random = np.random.default_rng(1)
    bad, others = np.flatnonzero(texts.bad), np.flatnonzero(~texts.bad)
    found: defaultdict[str, list[Estimate]] = defaultdict(list)
    for _ in range(draws):
        hits = round(share * SET)
        rows = np.concatenate([random.choice(bad, hits), random.choice(others, SET - hits)])
        drawn = Texts(texts.bad[rows], texts.called[rows], texts.score[rows])
        for name, one in estimates(drawn, random.choice(SET, LABELS, replace=False)):
            found[name].append(one)
    return {name: _quality(np.array(values), share) for name, values in found.items()}


def _quality(values: NDArray[np.float64], share: float) -> Quality:
    middle, low, high = values.T
    return Quality(
        bias=100 * float(middle.mean() - share),
        error=100 * float(np.sqrt(((middle - share) ** 2).mean())),
        half=50 * float((high - low).mean()),
        covers=float(((low <= share) & (share <= high)).mean()),
    )


def main(folder: Path | None, count: int, draws: int) -> None:
    texts = made_up(count) if folder is None else clothing(folder, count)
    print(texts.describe())
    print("| true share | | bias, points | RMSE, points | ±, points | interval covers |")
    print("|---|---|---|---|---|---|")
    for share in SHARES:
        for name, one in measure(texts, share, draws).items():
            figures = f"{one.bias:+.1f} | {one.error:.2f} | {one.half:.1f} | {one.covers:.3f}"
            print(f"| {share:.0%} | {name} | {figures} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--texts", type=int, default=6_000)
    parser.add_argument("--draws", type=int, default=1_000)
    given = parser.parse_args()
    main(given.data, given.texts, given.draws)
