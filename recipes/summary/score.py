"""Scores of the pocket summary model: shorter, faithful, and close to the extractive target."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from transformers import BartForConditionalGeneration, PreTrainedTokenizerBase

from recipes.data.labelled_reviews import read_clothing_reviews
from recipes.summary.cases import Pair
from recipes.summary.salience import SHORT, summarise

HELD_BACK = Path(__file__).with_name("held_back.tsv")
WORD = re.compile(r"\w+")


class Scores(NamedTuple):
    """Means over texts; each between 0 and 1."""

    shorter: float
    from_source: float
    rouge_l: float


def held_out_reviews(data: Path, count: int) -> list[Pair]:
    """The first `count` held-out clothing reviews of more than `SHORT` words, with targets."""
    reviews = [r for r in read_clothing_reviews(data) if r.held_out]
    long = [r for r in reviews if len(r.body.split()) > SHORT]
    return [Pair(r.body, summarise(r.body, r.title)) for r in long[:count]]


def held_back_texts() -> list[str]:
    """Varied customer feedback written for judging by eye, one text a line."""
    return HELD_BACK.read_text(encoding="utf-8").splitlines()


@torch.inference_mode()
def generate(
    model: BartForConditionalGeneration, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]
) -> list[str]:
    """Summaries under the model's own generation configuration, in the order of `texts`."""
    model.eval()
    generating: Any = model
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    summaries = [""] * len(texts)
    for start in range(0, len(order), 16):
        rows = order[start : start + 16]
        inputs = tokenizer(
            [texts[i] for i in rows], truncation=True, padding=True, return_tensors="pt"
        )
        output: Any = generating.generate(**inputs)
        decoded = tokenizer.batch_decode(output, skip_special_tokens=True)
        for row, summary in zip(rows, decoded, strict=True):
            summaries[row] = summary
    return summaries


def score(pairs: Sequence[Pair], summaries: Sequence[str]) -> Scores:
    """Compare `summaries` with the texts and targets of `pairs`."""
    shorter = [len(s) < len(p.text) for p, s in zip(pairs, summaries, strict=True)]
    kept = [share_from_source(s, p.text) for p, s in zip(pairs, summaries, strict=True)]
    rouge = [rouge_l(s, p.summary) for p, s in zip(pairs, summaries, strict=True)]
    return Scores(sum(shorter) / len(pairs), sum(kept) / len(pairs), sum(rouge) / len(pairs))


def share_from_source(summary: str, source: str) -> float:
    """Share of the words of `summary` that stand in `source`, case aside."""
    words = WORD.findall(summary.lower())
    known = set(WORD.findall(source.lower()))
    return sum(word in known for word in words) / len(words) if words else 0.0


def rouge_l(summary: str, reference: str) -> float:
    """F1 of the longest common subsequence of words (ROUGE-L, Lin 2004)."""
    a, b = WORD.findall(summary.lower()), WORD.findall(reference.lower())
    row = [0] * (len(b) + 1)
    for word in a:
        diagonal = 0
        for j, other in enumerate(b, start=1):
            above = row[j]
            row[j] = diagonal + 1 if word == other else max(above, row[j - 1])
            diagonal = above
    return 2 * row[-1] / (len(a) + len(b)) if row[-1] else 0.0
