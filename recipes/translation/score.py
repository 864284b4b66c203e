"""How good translations are that are shown, and how many are: on sentences never trained on.

`python -m recipes.translation.score --data DIR [--models CATALOG]`. Each text goes through `triage
analyze`, as with a user; what is below a threshold of confidence counts as not translated. chrF is
sacreBLEU's, of the corpus.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sacrebleu.metrics.chrf import CHRF

from recipes.encoder.data.files import lines
from recipes.translation.card import read_feedback
from recipes.translation.pairs import TATOEBA, Pair, Split, read_tatoeba
from recipes.translation.sources import measuring_pairs
from recipes.translation.train import HELD_BACK

THRESHOLDS = (0.0, 0.5, 0.55, 0.6, 0.65, 0.7)


@dataclass(frozen=True)
class Translated:
    """A translation, what a person wrote, and how sure the model was."""

    german: str
    reference: str
    confidence: float


def translated(pairs: Sequence[Pair], catalog: str) -> list[Translated]:
    """What `triage analyze` says with no threshold."""
    rows = [
        json.dumps({"id": n, "text": pair.english, "language": "en"})
        for n, pair in enumerate(pairs)
    ]
    command = ("-m", "workers.analyze", "-", "--analyses", "translation", "--models", catalog)
    done = subprocess.run(
        [sys.executable, *command],
        input="\n".join(rows),
        text=True,
        stdout=subprocess.PIPE,
        check=False,
    )
    found = []
    for line in done.stdout.splitlines():
        row = json.loads(line)
        if said := row.get("translation"):
            reference = pairs[int(row["id"])].german
            found.append(Translated(said["text"], reference, said["confidence"]))
    return found


def table(found: Sequence[Translated], total: int) -> list[str]:
    """For each threshold how many are shown, and chrF of these."""
    said = []
    for threshold in THRESHOLDS:
        shown = [one for one in found if one.confidence >= threshold]
        references = [[one.reference for one in shown]]
        said_so = [one.german for one in shown]
        score = CHRF().corpus_score(said_so, references).score if shown else 0.0
        said.append(f"{threshold:.2f}  {len(shown) / total:6.1%}  {score:5.1f}")
    return said


def main() -> None:
    """Score every set."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--models", default="pocket", help="catalog, without a threshold")
    parser.add_argument("--most", type=int, default=300, help="pairs of each set")
    asked = parser.parse_args()
    split = Split(read_tatoeba(asked.data / "parallel" / TATOEBA), HELD_BACK)
    held_back = [Pair(english, germans[0]) for english, germans in split.held_back.items()]
    news = [
        Pair(*line.split("\t")[:2])
        for line in lines(asked.data / "parallel/ntrex_news_en_de.tsv.gz")
        if line
    ]
    sets = {"tatoeba": held_back, "feedback": read_feedback(), **measuring_pairs(asked.data)}
    for name, pairs in (sets | {"news": news[:100]}).items():
        some = pairs[: asked.most]
        found = translated(some, asked.models)
        print(f"{name}: {len(some)} sentences\nthreshold  shown  chrF")
        print("\n".join(table(found, len(some))), flush=True)


if __name__ == "__main__":
    main()
