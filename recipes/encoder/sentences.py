"""Fit the head that rates sentences: the better one, the more of a text it says.

Run `python -m recipes.encoder.sentences --model FOLDER --data FOLDER` on what `train` has written;
nothing else of the model changes. A sentence's rating is the mean of its tokens' logits, so it is
linear in the mean of their hidden states, and fitting takes a minute once those are there. It
learns from texts that have a headline by their author, and from made letters, whose headline is
what is wrong, liked or wanted: the more of the headline a sentence has, the likelier it is to be
the one (a softmax over the sentences of a text).
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean

import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedTokenizerFast

from recipes.batching import pad
from recipes.encoder.data.files import csv_rows, held_out, json_lines
from recipes.encoder.data.letters import Letters
from recipes.encoder.data.sentiment import NEGATIVE, NEUTRAL, POSITIVE
from recipes.encoder.model import JointModel, load, save
from recipes.encoder.rouge import rouge_l

log = logging.getLogger("recipes.encoder.sentences")
#: Tokens of a text.
LONGEST = 256
ROWS = 32
#: How sharp the wanted choice is; and what keeps the weights small.
TEMPERATURE, DECAY = 0.1, 3e-3
_BORDER = re.compile(r"(?<=[.!?])[\"')]*\s+|\n+")


@dataclass
class Told:
    """A text with its headline.

    Attributes:
        spans: Its sentences, (start, end) in characters.
        gains: How much of the headline each has, 0 to 1.
        vectors: Mean hidden state of each, (sentences, width).
    """

    text: str
    headline: str
    spans: list[tuple[int, int]]
    gains: Tensor
    vectors: Tensor = torch.empty(0)


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text are; simple, since these texts are."""
    borders = [0, *(match.end() for match in _BORDER.finditer(text)), len(text)]
    return [
        (start, end)
        for start, end in zip(borders, borders[1:], strict=False)
        if any(character.isalnum() for character in text[start:end])
    ]


def told(pairs: Iterator[tuple[str, str]]) -> Iterator[Told]:
    """Texts of several sentences of which at least one has a word of the headline."""
    for text, headline in pairs:
        spans = sentences_of(text)
        gains = torch.tensor([rouge_l(text[a:b], headline) for a, b in spans])
        if len(spans) > 1 and gains.max() > 0:
            yield Told(text, headline, spans, gains)


def headlines(data: Path, *, held: bool) -> Iterator[tuple[str, str]]:
    """Reviews of clothes with their titles; questions on health with what they come to."""
    for row in csv_rows(data / "sentiment/womens_clothing_reviews.csv.gz"):
        body, title = row["Review Text"].strip(), row["Title"].strip()
        if body and title and held_out(body) == held:
            yield body, title
    if not held:
        for row in json_lines(data / "summarization/meqsum.jsonl.gz"):
            yield row["text"], row["summary"]


def letters(count: int, seed: int = 9) -> Iterator[tuple[str, str]]:
    """Made letters, with what is wrong, liked or wanted in them for a headline."""
    rng, made = random.Random(seed), Letters()
    for _ in range(count):
        letter = made.draw(rng, rng.choice([NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE]))
        spans = letter.spans("problem") or letter.spans("liked") or letter.spans("want")
        yield letter.marked.text, " ".join(letter.marked.text[a:b] for a, b in spans)


@torch.inference_mode()
def add_vectors(
    model: JointModel, tokenizer: PreTrainedTokenizerFast, texts: Sequence[Told]
) -> None:
    """Give each text the mean hidden states of its sentences."""
    order = sorted(range(len(texts)), key=lambda number: len(texts[number].text))
    for at in range(0, len(order), ROWS):
        some = [texts[number] for number in order[at : at + ROWS]]
        encoded = tokenizer(
            [one.text for one in some],
            truncation=True,
            max_length=LONGEST,
            return_offsets_mapping=True,
        )
        ids = pad(encoded["input_ids"], tokenizer.pad_token_id)
        attention = (ids != tokenizer.pad_token_id).long()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = model.states(ids, attention).float()
        for row, one in enumerate(some):
            ends = torch.tensor([end for _, end in encoded["offset_mapping"][row]])
            masks = [(ends > a) & (ends <= b) for a, b in one.spans]
            own = states[row, : len(ends)]
            one.vectors = torch.stack([own[m].mean(0) if m.any() else own[0] for m in masks])


def fit(model: JointModel, texts: Sequence[Told], steps: int = 60) -> None:
    """Fit the head to the gains of sentences."""
    vectors = torch.cat([one.vectors for one in texts])
    groups = torch.repeat_interleave(
        torch.arange(len(texts)), torch.tensor([len(one.spans) for one in texts])
    )
    wanted = torch.cat([(one.gains / TEMPERATURE).softmax(0) for one in texts])
    middle, spread = vectors.mean(0), vectors.std(0) + 1e-6
    scaled = (vectors - middle) / spread
    weight = torch.zeros(vectors.shape[1], requires_grad=True)
    optimizer = torch.optim.LBFGS([weight], max_iter=steps, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        scores = scaled @ weight
        likely = scores - _logsumexp(scores, groups, len(texts))[groups]
        value: Tensor = -(wanted * likely).sum() / len(texts) + DECAY * weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    with torch.no_grad():
        model.sentences.weight.copy_((weight / spread)[None])
        model.sentences.bias.copy_(-(weight * middle / spread).sum()[None])


def _logsumexp(scores: Tensor, groups: Tensor, count: int) -> Tensor:
    top = torch.full((count,), -1e9).scatter_reduce(0, groups, scores.detach(), "amax")
    sums = torch.zeros(count).index_add(0, groups, (scores - top[groups]).exp())
    return sums.log() + top


@torch.inference_mode()
def scores_of(model: JointModel, texts: Sequence[Told]) -> dict[str, float]:
    """Mean ROUGE-L with the headline of the sentence that is rated best, of the first, of the one
    nearest to the whole text, and of the best there is.
    """

    def mean(choose: list[int]) -> float:
        return round(
            fmean(float(one.gains[best]) for one, best in zip(texts, choose, strict=True)), 4
        )

    central = [
        int(functional.cosine_similarity(one.vectors, one.vectors.mean(0)[None]).argmax())
        for one in texts
    ]
    return {
        "rated": mean([int(model.sentences(one.vectors)[:, 0].argmax()) for one in texts]),
        "first": mean([0] * len(texts)),
        "central": mean(central),
        "best": mean([int(one.gains.argmax()) for one in texts]),
    }


def main() -> None:
    """Fit, save and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="what `train` has written")
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--texts", type=int, default=4000, help="with headlines, to learn from")
    parser.add_argument("--letters", type=int, default=600, help="made, to learn from")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    model, tokenizer = load(options.model)
    model.eval()
    learnt = list(islice(told(headlines(options.data, held=False)), options.texts))
    learnt += told(letters(options.letters))
    held = list(islice(told(headlines(options.data, held=True)), 600))
    for texts in (learnt, held):
        add_vectors(model, tokenizer, texts)
    fit(model, learnt)
    save(model, tokenizer, options.model)
    log.info("%d texts, held out: %s", len(held), json.dumps(scores_of(model, held)))


if __name__ == "__main__":
    main()
