"""From which probability of "there is none" on there is none: what each threshold costs.

`python -m recipes.encoder.no_answer --model FOLDER --data FOLDER` on what `train` has written: of
questions on Amazon reviews that it was not trained on, the F1 of words; of such questions put to a
wrong passage, the F1 of "none"; and how often nothing is wrong in reviews of clothes with five
stars, and with one or two. The catalog has the threshold, as `no_answer_threshold`.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import torch
from transformers import PreTrainedTokenizerFast

from recipes.encoder.data.files import csv_rows, held_out
from recipes.encoder.data.questions import Question, read
from recipes.encoder.model import JointModel, load
from recipes.encoder.score import LONGEST_ANSWER, word_f1

THRESHOLDS = (0.2, 0.25, 0.3, 0.4, 0.5, 0.7)
WRONG = "What is wrong?"


@dataclass(frozen=True)
class Said:
    """The likeliest span, its probability, and that of "none"."""

    text: str
    probability: float
    none: float

    def is_none(self, least: float | None) -> bool:
        """Whether there is none: from this probability on, or where it is above the span's."""
        return self.none >= (self.probability if least is None else least)


@torch.inference_mode()
def ask(model: JointModel, tokenizer: PreTrainedTokenizerFast, question: Question) -> Said:
    """One question, by itself."""
    encoded = tokenizer(
        [question.question],
        [question.passage],
        truncation="only_second",
        max_length=384,
        return_offsets_mapping=True,
    )
    ids, offsets = torch.tensor(encoded["input_ids"]), encoded["offset_mapping"][0]
    allowed = torch.tensor([[owner == 1 for owner in encoded.sequence_ids(0)]])
    states = model.states(ids, torch.ones_like(ids)).float()
    begins, ends = (row[0].softmax(-1) for row in model.answer_logits(states, allowed))
    spans = begins[:, None] * ends[None]
    spans *= torch.ones_like(spans).triu().tril(LONGEST_ANSWER - 1)
    spans *= allowed[0][:, None] & allowed[0][None]
    first, last = divmod(int(spans.argmax()), spans.shape[1])
    text = question.passage[offsets[first][0] : offsets[last][1]].strip()
    return Said(text, float(spans.max()), float(begins[0] * ends[0]))


def main() -> None:
    """Print a line for each threshold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--most", type=int, default=300, help="questions of each kind")
    options = parser.parse_args()
    model, tokenizer = load(options.model)
    model.eval()
    asked = _questions(options.data, options.most)
    said = {name: [ask(model, tokenizer, one) for one in some] for name, some in asked.items()}
    print("none from        F1  none F1  5 stars  1-2 stars")
    for least in (None, *THRESHOLDS):
        none = {name: [one.is_none(least) for one in some] for name, some in said.items()}
        scores = _scores(asked["right"], said["right"], none)
        name = "best span" if least is None else f"{least:.2f}"
        print(f"{name:>9}  " + "  ".join(f"{score:7.3f}" for score in scores), flush=True)


def _questions(data: Path, most: int) -> dict[str, list[Question]]:
    rng = random.Random(5)
    every = read(data / "qa/squadshifts_amazon_reviews.json.gz")
    right = [one for one in every if held_out(one.passage) and one.answers]
    right = rng.sample(right, min(most, len(right)))
    others = [(one, rng.choice(right).passage) for one in right]
    wrong = [Question(one.question, other, ()) for one, other in others if other != one.passage]
    rows = list(csv_rows(data / "sentiment/womens_clothing_reviews.csv.gz"))
    reviews = {
        stars: [
            Question(WRONG, row["Review Text"], ())
            for row in rows
            if row["Rating"] in stars and row["Review Text"] and held_out(row["Review Text"])
        ]
        for stars in ("5", "12")
    }
    drawn = {stars: rng.sample(some, min(most, len(some))) for stars, some in reviews.items()}
    return {"right": right, "wrong": wrong, **drawn}


def _scores(
    right: Sequence[Question], said: Sequence[Said], none: Mapping[str, Sequence[bool]]
) -> tuple[float, float, float, float]:
    f1 = sum(
        max(word_f1(one.text, question.passage[b:e]) for b, e in question.answers)
        for one, question, is_none in zip(said, right, none["right"], strict=True)
        if not is_none
    )
    rightly = sum(none["wrong"])
    told = rightly + sum(none["right"]) + len(none["wrong"])
    return f1 / len(right), 2 * rightly / told, fmean(none["5"]), fmean(none["12"])


if __name__ == "__main__":
    main()
