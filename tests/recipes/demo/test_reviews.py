"""The demo's reviews: the file is what the recipe makes, and has what a page has to find."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from recipes.demo.reviews import LANGUAGES, WEEKS, write_reviews

KEPT = Path(__file__).parents[3] / "producer" / "demo" / "reviews.csv"


def test_the_kept_file_is_what_the_recipe_makes(tmp_path: Path) -> None:
    made = tmp_path / "reviews.csv"
    write_reviews(made)
    assert made.read_bytes() == KEPT.read_bytes()


def test_there_are_weeks_languages_stars_and_a_theme_that_rises() -> None:
    with KEPT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    days = [datetime.fromisoformat(row["created_at"]) for row in rows]
    assert max(days) - min(days) > timedelta(weeks=WEEKS - 1)
    assert {row["language"] for row in rows} == set(LANGUAGES)
    assert {row["stars"] for row in rows} == set("12345")
    weeks = Counter(
        (max(days) - day).days // 7
        for row, day in zip(rows, days, strict=True)
        if "Bluetooth" in row["text"]
    )
    assert weeks[0] >= 3 * max(weeks[week] for week in range(3, WEEKS))
