"""Which products make customers unhappy, and what is wrong: the models on a file, no database.

Run as `python examples/analyze_reviews.py [FILE]`; FILE is what `triage ingest` reads.
"""

from __future__ import annotations

import sys
from pathlib import Path

import feedback_triage as ft

REVIEWS = Path(__file__).parents[1] / "docs" / "reviews.csv"


def main(file: Path) -> None:
    """Print the share of unhappy reviews by product, and what is most often named as wrong."""
    found = ft.analyze(file, "sentiment,qa", question="What is wrong?", to="pandas")
    for sentence in found["error"].dropna():
        print(f"left out: {sentence}", file=sys.stderr)
    read = found[found["error"].isna()]
    unhappy = read["sentiment_polarity"] == "negative"
    by_product = unhappy.groupby(read["product"]).agg(reviews="size", unhappy="mean")
    print(by_product.round(2).to_string(), end="\n\n")
    answers = read.loc[unhappy, "qa"].map(lambda answered: answered[0]["answer"])
    print(answers[answers != ""].value_counts().head(5).to_string())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else REVIEWS)
