"""Reviews of made-up products over half a year, with what a page has to find in them: themes that
cost stars, one that begins with a release, one that rises in the last two weeks.
"""

from __future__ import annotations

import csv
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from recipes.text.grammar import expand

SEED = 20
#: A Monday, and how many weeks follow; they end with the other sample, `feedback.csv`.
FIRST_DAY, WEEKS = datetime(2026, 5, 18, tzinfo=UTC), 27
#: Reviews of each week, beside what comes in the last ones; from `MIXED_FROM` on the other sample
#: has most of what is written.
A_WEEK, MIXED_FROM, MIXED = 22, 20, 8
LANGUAGES = {"en": 0.72, "de": 0.15, "fr": 0.13}
COUNTRIES = {
    "en": ("GB", "GB", "IE", "US"),
    "de": ("DE", "DE", "AT", "CH"),
    "fr": ("FR", "FR", "BE"),
}
#: How often a review has two sentences, and how often another text is tried before one comes twice.
TWO, TRIES = 0.45, 50
PLANS = ("free", "free", "plus", "business")
COLUMNS = ("id", "created_at", "source", "product", "language", "stars", "country", "plan", "text")


@dataclass(slots=True)
class ReviewMaker:
    """Makes reviews of what `reviews.toml` says."""

    said: dict[str, Any]
    rng: random.Random
    seen: set[str] = field(default_factory=set)

    def week(self, week: int) -> Iterator[dict[str, Any]]:
        """The reviews of a week, in the order of time."""
        themes = [one for one in self.said["themes"] if week >= one.get("from", 0)]
        weights = [one["weight"] for one in themes]
        chosen = self.rng.choices(themes, weights, k=A_WEEK if week < MIXED_FROM else MIXED)
        for theme in themes:
            last = theme.get("last", [])
            if week >= WEEKS - len(last):
                chosen += [theme] * last[week - WEEKS]
        times = sorted(self._time(week) for _ in chosen)
        self.rng.shuffle(chosen)
        for theme, time in zip(chosen, times, strict=True):
            yield self._review(theme, time)

    def _time(self, week: int) -> datetime:
        return FIRST_DAY + timedelta(weeks=week, seconds=self.rng.randrange(7 * 24 * 3600))

    def _review(self, theme: dict[str, Any], time: datetime) -> dict[str, Any]:
        products = [one["product"] for one in self.said["themes"] if one["product"]]
        stars = self.rng.choice(theme["stars"])
        language, text = self._text(theme)
        return {
            "created_at": f"{time:%Y-%m-%dT%H:%M:%SZ}",
            "source": theme["source"],
            "product": theme["product"] or self.rng.choice(products),
            "language": language,
            "stars": stars,
            "country": self.rng.choice(COUNTRIES[language]),
            "plan": self.rng.choice(PLANS),
            "text": text,
        }

    def _text(self, theme: dict[str, Any]) -> tuple[str, str]:
        """A language and a text in it; one that has been there where there is hardly another."""
        for _ in range(TRIES):
            (language,) = self.rng.choices(list(LANGUAGES), list(LANGUAGES.values()))
            count = 2 if self.rng.random() < TWO else 1
            beginning = self.rng.choice(self.said["beginnings"][language])
            said = " ".join(self.rng.sample(theme[language], min(count, len(theme[language]))))
            text = expand(beginning + said, self.said["slots"], self.rng).text
            if text not in self.seen:
                break
        self.seen.add(text)
        return language, text


def write_reviews(target: Path) -> None:
    """Write the reviews to a CSV file."""
    said = tomllib.loads(Path(__file__).with_name("reviews.toml").read_text("utf-8"))
    maker = ReviewMaker(said, random.Random(SEED))
    rows = (row for week in range(WEEKS) for row in maker.week(week))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for number, row in enumerate(rows, 1):
            writer.writerow({"id": f"R-{number:04}", **row})
