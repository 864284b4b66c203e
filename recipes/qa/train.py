"""Trains the pocket QA model: a small uncased DistilBERT that points at answers about feedback.

`python -m recipes.qa.train --data DIR --output DIR [--seed S]` makes documents with questions
from templates and real messages (see `qa_documents`) and writes an ordinary
`DistilBertForQuestionAnswering` checkpoint (Sanh et al. 2019, arXiv:1910.01108). A text that does
not answer the question is taught as the span [CLS] (Rajpurkar et al. 2018, arXiv:1806.03822).
"""

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from transformers import (
    DistilBertConfig,
    DistilBertForQuestionAnswering,
    DistilBertTokenizer,
    PreTrainedTokenizerBase,
)

from recipes.batching import bucketed_batches, pad
from recipes.data.feedback_texts import read_feedback_texts
from recipes.export import export_checkpoint
from recipes.initialization.warm_start import (
    POSITION_SIZE,
    aim_heads,
    counted_vectors,
    place_embeddings,
)
from recipes.qa.documents import Documents, Question
from recipes.qa.score import score_questions
from recipes.tokenizers.wordpiece import train_wordpiece

VOCABULARY = 7000
WINDOW = 384
BATCH_TOKENS = 1536
LEARNING_RATE = 1.5e-3
LAYERS = 3
ROUND = 4000

Row = tuple[list[int], int, int]


def encode(asked: Sequence[Question], tokenizer: PreTrainedTokenizerBase) -> list[Row]:
    """Token ids of question and text, and the first and last token of the answer, or [CLS].

    A question whose answer is cut off with the text's end counts as unanswerable.
    """
    encoded = tokenizer(
        [one.question for one in asked], [one.text for one in asked],
        truncation="only_second", return_offsets_mapping=True,
    )  # fmt: skip
    rows = []
    for index, one in enumerate(asked):
        start = end = 0
        if one.answer:
            parts = encoded.sequence_ids(index)
            inside = [
                token
                for token, (low, high) in enumerate(encoded["offset_mapping"][index])
                if parts[token] == 1 and low < one.answer.end and high > one.answer.start
            ]
            if inside:
                start, end = inside[0], inside[-1]
        rows.append((encoded["input_ids"][index], start, end))
    return rows


def fit(
    model: DistilBertForQuestionAnswering,
    tokenizer: PreTrainedTokenizerBase,
    documents: Documents,
    held_out: Sequence[Question],
    rounds: int,
) -> None:
    """Train `model` in place on `rounds` times `ROUND` fresh questions."""
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=LEARNING_RATE, weight_decay=0.02, fused=True
    )
    steps_made, began = 0, time.process_time()
    for number in range(rounds):
        rows = encode([documents.ask() for _ in range(ROUND)], tokenizer)
        lengths = [len(ids) for ids, _, _ in rows]
        losses: list[float] = []
        model.train()
        for batch in bucketed_batches(lengths, tokens=BATCH_TOKENS, rng=documents.rng):
            done = (number + len(losses) * BATCH_TOKENS / sum(lengths)) / rounds
            for group in optimizer.param_groups:
                ramp = min(1.0, (steps_made + 1) / 100)
                group["lr"] = LEARNING_RATE * ramp * max(0.02, 1.02 - done)
            loss = _loss(model, tokenizer, [rows[index] for index in batch])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            steps_made += 1
        line = f"round {number + 1} loss {sum(losses) / len(losses):.3f}"
        print(f"{line} {time.process_time() - began:.0f} s of processor time", flush=True)
        if number % 4 == 3 or number == rounds - 1:
            model.eval()
            print("  " + describe(score_questions(model, tokenizer, held_out[:300])), flush=True)


def _loss(
    model: DistilBertForQuestionAnswering, tokenizer: PreTrainedTokenizerBase, rows: Sequence[Row]
) -> torch.Tensor:
    """Mean cross entropy of start and end; 3 % of the tokens are hidden behind [UNK]."""
    ids = pad([ids for ids, _, _ in rows], tokenizer.pad_token_id)
    mask = (ids != tokenizer.pad_token_id).long()
    special = ~mask.bool() | (ids == tokenizer.cls_token_id) | (ids == tokenizer.sep_token_id)
    dropped = (torch.rand(ids.shape) < 0.03) & ~special
    ids = torch.where(dropped, torch.full_like(ids, tokenizer.unk_token_id), ids)
    with torch.autocast("cpu", torch.bfloat16):
        out = model(input_ids=ids, attention_mask=mask)
    starts, ends = (
        logits.float().masked_fill(~mask.bool(), -1e4)
        for logits in (out.start_logits, out.end_logits)
    )
    start = cross_entropy(starts, torch.tensor([row[1] for row in rows]))
    end = cross_entropy(ends, torch.tensor([row[2] for row in rows]))
    return (start + end) / 2


def describe(scores: dict[str, float]) -> str:
    """One line of scores."""
    return ", ".join(f"{name} {share:.3f}" for name, share in scores.items())


def build(
    data: Path, documents: Documents
) -> tuple[DistilBertForQuestionAnswering, PreTrainedTokenizerBase]:
    """A fresh model and its tokenizer, started from counts over unlabelled text."""
    texts = read_feedback_texts(data, documents.rng, limit=25_000)
    for asked in (documents.ask() for _ in range(8000)):
        texts += [asked.text, asked.question]
    tokenizer = train_wordpiece(
        texts,
        size=VOCABULARY,
        lowercase=True,
        max_length=WINDOW,
        tokenizer_class=DistilBertTokenizer,
    )
    config = DistilBertConfig(
        vocab_size=len(tokenizer),
        dim=160,
        n_layers=LAYERS,
        n_heads=5,
        hidden_dim=480,
        max_position_embeddings=WINDOW,
        initializer_range=0.05,
    )
    model = DistilBertForQuestionAnswering(config)
    rows = tokenizer(texts, truncation=True)["input_ids"]
    vectors = counted_vectors(rows, len(tokenizer), config.dim - POSITION_SIZE)
    embeddings = model.distilbert.embeddings
    place_embeddings(embeddings.word_embeddings, embeddings.position_embeddings, vectors)
    layers: Any = model.distilbert.transformer.layer
    for layer in layers:
        aim_heads(layer.attention.q_lin, layer.attention.k_lin, (-1, 1, -2, 2), sharpness=6.0)
    return model, tokenizer


def main() -> None:
    """Train, score and export."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--output", type=Path, required=True, help="checkpoint folder to write")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=10, help=f"of {ROUND} questions each")
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    documents = Documents(arguments.data, random.Random(arguments.seed))
    apart = Documents(arguments.data, random.Random(arguments.seed + 1), held_out=True)
    held_out = [apart.ask() for _ in range(1000)]
    model, tokenizer = build(arguments.data, documents)
    fit(model, tokenizer, documents, held_out, arguments.rounds)
    size = export_checkpoint(model, tokenizer, arguments.output)
    print(f"{arguments.output}: {size / 1e6:.1f} MB")
    print("exported: " + describe(score_questions(model, tokenizer, held_out)))


if __name__ == "__main__":
    main()
