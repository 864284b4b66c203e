"""How well drivers agree with themselves and with what was put in:
`python -m benchmarks.drivers [--data FOLDER]`.

Without `--data`, of reviews that are made up: 60 themes, some of which move the stars by a known
amount, and pairs of which come together, so that one has the effect and the other only goes with
it. With it, of clothing reviews (`FOLDER/sentiment/womens_clothing_reviews.csv.gz`), where a theme
is a word that 40 to half of 2,500 reviews have: are the themes in the same order in two halves?
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from schema.insights.drivers import Driver, rating_drivers, share_drivers

Members = NDArray[np.bool_]
Numbers = NDArray[np.float64]
REVIEWS, THEMES, HALVES = 2_500, 60, 10


def made_up(seed: int) -> tuple[Members, Numbers, Numbers]:
    """Members, stars before they are cut to 1…5, and what each theme adds to them."""
    random = np.random.default_rng(seed)
    share = random.uniform(0.02, 0.12, THEMES)
    has = random.random((REVIEWS, THEMES)) < share
    for theme in range(1, 20, 2):
        # Of those with the theme before it, half have this one too.
        has[:, theme] |= has[:, theme - 1] & (random.random(REVIEWS) < 0.5)
    effect = np.where(np.arange(THEMES) % 2, 0.0, random.normal(0, 0.4, THEMES))
    return has, 4.2 + has @ effect + random.normal(0, 1, REVIEWS), effect


def clothing(folder: Path) -> tuple[Members, Numbers, list[str]]:
    path = folder / "sentiment" / "womens_clothing_reviews.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Review Text"].strip()][:REVIEWS]
    words = [set(re.findall(r"[a-z]{4,}", row["Review Text"].lower())) for row in rows]
    counts = Counter(word for one in words for word in one)
    names = sorted(word for word, count in counts.items() if 40 <= count <= REVIEWS / 2)
    has = np.array([[name in one for name in names] for one in words])
    return has, np.array([float(row["Rating"]) for row in rows]), names


def ranks(values: Numbers) -> Numbers:
    return np.argsort(np.argsort(values)).astype(np.float64)


def agreement(a: Numbers, b: Numbers) -> float:
    """Spearman's rank correlation."""
    return float(np.corrcoef(ranks(a), ranks(b))[0, 1])


def halves(has: Members, stars: Numbers) -> None:
    ways = {
        "stars, with − without": lambda h, s: [one.difference for one in rating_drivers(h, s)],
        "share of ≤ 2, with − without": lambda h, s: [
            one.difference for one in share_drivers(h, s <= 2)
        ],
        "given the others": lambda h, s: [one.given_others for one in rating_drivers(h, s)],
    }
    random = np.random.default_rng(0)
    print("| effect | ranks agree between halves |\n|---|---|")
    cuts = [random.permutation(len(stars)) for _ in range(HALVES)]
    for name, way in ways.items():
        found = []
        for cut in cuts:
            a, b = cut[: len(cut) // 2], cut[len(cut) // 2 :]
            effects = [np.nan_to_num(np.array(way(has[part], stars[part]))) for part in (a, b)]
            found.append(agreement(*effects))
        print(f"| {name} | {np.mean(found):.2f} |")


def known(repeats: int) -> None:
    """Themes that add nothing and come with none that does are shown by chance alone."""
    covered, idle, shown, beside, given = 0, 0, 0, [], []
    for seed in range(repeats):
        has, stars, effect = made_up(seed)
        found = rating_drivers(has, stars)
        free = [theme for theme in range(21, THEMES, 2)]
        idle += len(free)
        shown += sum(found[theme].shown for theme in free)
        covered += sum(_covers(found[theme], 0.0) for theme in free)
        for theme in range(1, 20, 2):
            if abs(effect[theme - 1]) > 0.3:
                beside.append(found[theme].difference / effect[theme - 1])
                given.append(found[theme].given_others / effect[theme - 1])
    print(f"{repeats} × {REVIEWS:,} reviews that are made up:")
    print(
        f"themes without effect: interval covers 0 {covered / idle:.3f}, shown {shown / idle:.3f}"
    )
    print(
        "themes that only come with one that has an effect, as a share of that effect: "
        f"with − without {np.mean(beside):.2f}, given the others {np.mean(given):.2f}"
    )


def _covers(one: Driver, value: float) -> bool:
    return one.interval.low <= value <= one.interval.high


def main(folder: Path | None) -> None:
    known(40)
    if folder is None:
        return
    has, stars, names = clothing(folder)
    print(f"{len(stars):,} clothing reviews, {len(names)} words:")
    halves(has, stars)
    found = list(zip(rating_drivers(has, stars), names, strict=True))
    found.sort(key=lambda one: one[0].difference)
    for driver, name in [one for one in found if one[0].shown][:8]:
        half = (driver.interval.high - driver.interval.low) / 2
        print(
            f"{name}: {driver.documents} reviews, {driver.difference:+.2f} ± {half:.2f} stars, "
            f"given the others {driver.given_others:+.2f}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    main(parser.parse_args().data)
