"""Trains the pocket entity model: a small cased BERT that tags people, companies, places, products.

`python -m recipes.entities.train --data DIR --output DIR [--seed S]` reads the public data sets
under DIR, makes feedback from templates beside them, and writes an ordinary
`BertForTokenClassification` checkpoint (Devlin et al. 2019, arXiv:1810.04805) with IOB2 labels.

Names are swapped at random for others of their type, so that the context has to tell what the name
alone cannot (mention replacement, Dai and Adel 2020, arXiv:2010.11683).
"""

import argparse
import functools
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from transformers import (
    BertConfig,
    BertForTokenClassification,
    PreTrainedTokenizerBase,
)

from recipes.batching import bucketed_batches, pad
from recipes.data.feedback_texts import read_feedback_texts
from recipes.entities.data import (
    TYPES,
    Token,
    harvest,
    read_development_sentences,
    read_plain_sentences,
    read_training_sentences,
    swapping,
    to_text,
)
from recipes.entities.score import score_sentences
from recipes.entities.templates import FeedbackTemplates
from recipes.export import export_checkpoint
from recipes.initialization.warm_start import (
    POSITION_SIZE,
    aim_heads,
    counted_vectors,
    place_embeddings,
)
from recipes.text.grammar import Marked
from recipes.text.names import Names
from recipes.tokenizers.wordpiece import train_wordpiece

LABELS = ["O", *(f"{position}-{kind}" for kind in TYPES for position in "BI")]
VOCABULARY = 10_000
WINDOW = 256
BATCH_TOKENS = 1024
LEARNING_RATE = 1.5e-3
LAYERS = 3
IGNORED = -100
#: Weight of the loss's term for pieces of one word that differ in type.
CONSISTENCY = 1.0
#: Sums the probabilities of a type's B and I: (labels, types and O).
_TYPE_OF_LABEL = torch.tensor(
    [[float(label.endswith(kind)) for kind in ("O", *TYPES)] for label in LABELS]
)


class Corpus:
    """Makes the training texts of one epoch after another.

    Args:
        data: the folder of data sets.
        templates_per_epoch: made pieces of feedback beside the annotated sentences.
        rng: source of all randomness.
    """

    def __init__(self, data: Path, templates_per_epoch: int, rng: random.Random) -> None:
        self.sentences: list[list[Token]] = read_training_sentences(data)
        self.names = Names(harvest(self.sentences))
        self.templates = FeedbackTemplates(self.names, read_plain_sentences(data, rng))
        self.templates_per_epoch = templates_per_epoch
        self.rng = rng

    def epoch(self) -> list[Marked]:
        """The annotated sentences, names swapped, and fresh templates, some joined."""
        rename = swapping(self.names, self.rng, 0.5)
        texts = [to_text(sentence, rename) for sentence in self.sentences]
        texts += [self.templates.text(self.rng) for _ in range(self.templates_per_epoch)]
        self.rng.shuffle(texts)
        return [_change_case(text, self.rng) for text in self._join(texts)]

    def _join(self, texts: Sequence[Marked]) -> Iterator[Marked]:
        remaining = iter(texts)
        for text in remaining:
            more = self.rng.choice([1, 2, 6]) if self.rng.random() < 0.2 else 0
            for other in itertools.islice(remaining, more):
                text.append(other, self.rng.choice([" ", " ", "\n"]))
            yield text


def _change_case(marked: Marked, rng: random.Random) -> Marked:
    """Now and then all lower or all upper case; length, and so the spans, must not change."""
    draw = rng.random()
    text = marked.text.lower() if draw < 0.07 else marked.text.upper() if draw < 0.1 else ""
    if len(text) == len(marked.text):
        marked.text = text
    return marked


def encode(
    texts: Sequence[Marked], tokenizer: PreTrainedTokenizerBase
) -> list[tuple[list[int], list[int]]]:
    """Token ids and label ids of each text; every piece of a word is labelled, B first, then I."""
    encoded = tokenizer([one.text for one in texts], truncation=True, return_offsets_mapping=True)
    rows = []
    for marked, ids, offsets in zip(
        texts, encoded["input_ids"], encoded["offset_mapping"], strict=True
    ):
        labels = [IGNORED] + [0] * (len(ids) - 2) + [IGNORED]
        for span in marked.spans:
            position = "B"
            for index in range(1, len(ids) - 1):
                if span.start <= offsets[index][0] < span.end:
                    labels[index] = LABELS.index(f"{position}-{span.label}")
                    position = "I"
        rows.append((ids, labels))
    return rows


def fit(
    model: BertForTokenClassification,
    tokenizer: PreTrainedTokenizerBase,
    corpus: Corpus,
    development: Sequence[Sequence[Token]],
    epochs: int,
) -> None:
    """Train `model` in place; prints the loss and the development score after each epoch."""
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=LEARNING_RATE, weight_decay=0.02, fused=True
    )
    steps_made, began = 0, time.process_time()
    for epoch in range(epochs):
        rows = encode(corpus.epoch(), tokenizer)
        batches = list(
            bucketed_batches([len(ids) for ids, _ in rows], tokens=BATCH_TOKENS, rng=corpus.rng)
        )
        losses = 0.0
        model.train()
        for number, batch in enumerate(batches):
            done = (epoch + number / len(batches)) / epochs
            for group in optimizer.param_groups:
                group["lr"] = LEARNING_RATE * min(1.0, (steps_made + 1) / 100) * (1.02 - done)
            loss = _loss(model, tokenizer, [rows[index] for index in batch])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            losses += loss.item()
            steps_made += 1
        model.eval()
        scores = score_sentences(model, tokenizer, development[::4])
        seconds = time.process_time() - began
        print(
            f"epoch {epoch + 1} loss {losses / len(batches):.4f} {seconds:.0f} s of processor time",
            flush=True,
        )
        print("  " + describe(scores), flush=True)


def _loss(
    model: BertForTokenClassification,
    tokenizer: PreTrainedTokenizerBase,
    rows: Sequence[tuple[list[int], list[int]]],
) -> torch.Tensor:
    """Cross entropy over the tokens of a batch, 4 % of which are hidden behind [UNK].

    A second term draws the pieces of one word to the same type: the pipeline's simple grouping
    would otherwise cut a name in two where they differ.
    """
    ids = pad([ids for ids, _ in rows], tokenizer.pad_token_id)
    labels = pad([labels for _, labels in rows], IGNORED)
    mask = (ids != tokenizer.pad_token_id).long()
    dropped = (torch.rand(ids.shape) < 0.04) & (labels != IGNORED)
    seen = torch.where(dropped, torch.full_like(ids, tokenizer.unk_token_id), ids)
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(input_ids=seen, attention_mask=mask).logits.float()
    loss = cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED)
    types = logits.softmax(-1) @ _TYPE_OF_LABEL
    steps = (types[:, 1:] - types[:, :-1]).pow(2).sum(-1)
    inner = torch.isin(ids[:, 1:], _inner_pieces(tokenizer))
    return loss + CONSISTENCY * (steps * inner).sum() / inner.sum().clamp_min(1)


@functools.cache
def _inner_pieces(tokenizer: PreTrainedTokenizerBase) -> torch.Tensor:
    """Ids of the pieces that continue a word."""
    return torch.tensor([i for piece, i in tokenizer.get_vocab().items() if piece[:2] == "##"])


def describe(scores: dict[str, tuple[float, float, float]]) -> str:
    """One line: precision, recall and F1 of each type."""
    return "; ".join(
        f"{kind} P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"
        for kind, (precision, recall, f1) in scores.items()
    )


def build(data: Path, corpus: Corpus) -> tuple[BertForTokenClassification, PreTrainedTokenizerBase]:
    """A fresh model and its tokenizer, started from counts over unlabelled text."""
    texts = read_feedback_texts(data, corpus.rng, limit=25_000)
    texts += [to_text(sentence).text for sentence in corpus.sentences]
    texts += [corpus.templates.text(corpus.rng).text for _ in range(8000)]
    tokenizer = train_wordpiece(texts, size=VOCABULARY, lowercase=False, max_length=WINDOW)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=160,
        num_hidden_layers=LAYERS,
        num_attention_heads=5,
        intermediate_size=480,
        max_position_embeddings=WINDOW,
        initializer_range=0.05,
        id2label=dict(enumerate(LABELS)),
        label2id={label: index for index, label in enumerate(LABELS)},
    )
    model = BertForTokenClassification(config)
    rows = tokenizer(texts, truncation=True)["input_ids"]
    shapes = _shapes(tokenizer)
    size = config.hidden_size - POSITION_SIZE - shapes.shape[1]
    vectors = torch.cat([shapes, counted_vectors(rows, len(tokenizer), size)], dim=1)
    embeddings = model.bert.embeddings
    place_embeddings(embeddings.word_embeddings, embeddings.position_embeddings, vectors)
    torch.nn.init.zeros_(embeddings.token_type_embeddings.weight)
    layers: Any = model.bert.encoder.layer
    for layer in layers:
        attention = layer.attention.self
        aim_heads(attention.query, attention.key, (-1, 1, -2, 2), sharpness=6.0)
    return model, tokenizer


def _shapes(tokenizer: PreTrainedTokenizerBase) -> torch.Tensor:
    """What a token looks like (vocabulary, 6), as +1 or -1: capitals, digits, inside a word."""
    tokens = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    looks = [
        (
            token[:1].isupper(),
            token.isupper() and len(token) > 1,
            any(character.isdigit() for character in token),
            token.startswith("##"),
            not any(character.isalnum() for character in token),
            len(token) > 4,
        )
        for token in tokens
    ]
    return 2.0 * torch.tensor(looks).float() - 1.0


def main() -> None:
    """Train, score and export."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--output", type=Path, required=True, help="checkpoint folder to write")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--templates", type=int, default=8000, help="made texts per epoch")
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    corpus = Corpus(arguments.data, arguments.templates, random.Random(arguments.seed))
    model, tokenizer = build(arguments.data, corpus)
    development = read_development_sentences(arguments.data)
    fit(model, tokenizer, corpus, development, arguments.epochs)
    size = export_checkpoint(model, tokenizer, arguments.output)
    print(f"{arguments.output}: {size / 1e6:.1f} MB")
    print("as annotated: " + describe(score_sentences(model, tokenizer, development)))


if __name__ == "__main__":
    main()
