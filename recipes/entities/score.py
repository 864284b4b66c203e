"""Scores entity spans: exact character spans against the annotation, as the pipeline gives them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import torch
from transformers import BertForTokenClassification, PreTrainedTokenizerBase

from recipes.batching import pad
from recipes.entities.data import Token, to_text, word_spans
from recipes.text.grammar import Span


def predict(
    model: BertForTokenClassification, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]
) -> list[list[Span]]:
    """Spans of each text, grouped as `aggregation_strategy="simple"` of the pipeline groups them.

    Texts longer than the model's window are read up to its end.
    """
    labels: Any = model.config.id2label
    found: list[list[Span]] = []
    for first in range(0, len(texts), 64):
        encoded = tokenizer(
            list(texts[first : first + 64]), truncation=True, return_offsets_mapping=True
        )
        ids = pad(encoded["input_ids"], tokenizer.pad_token_id)
        with torch.inference_mode():
            logits = model(input_ids=ids, attention_mask=(ids != tokenizer.pad_token_id).long())
        for row, offsets in zip(
            logits[0].argmax(-1).tolist(), encoded["offset_mapping"], strict=True
        ):
            inside = list(zip(row[1:], offsets[1:-1], strict=False))
            tags = [labels[label] for label, _ in inside]
            found.append(
                [
                    Span(kind, inside[start][1][0], inside[end - 1][1][1])
                    for start, end, kind in word_spans(tags)
                ]
            )
    return found


def span_scores(
    gold: Sequence[Sequence[Span]], found: Sequence[Sequence[Span]], types: Sequence[str]
) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 of exact spans, for each of `types` and for `all` of them."""
    right: Counter[str] = Counter()
    expected: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for truth, answer in zip(gold, found, strict=True):
        wanted = {span for span in truth if span.label in types}
        got = {span for span in answer if span.label in types}
        for counter, spans in ((expected, wanted), (given, got), (right, wanted & got)):
            counter.update(span.label for span in spans)
            counter["all"] += len(spans)
    scores = {}
    for kind in ("all", *types):
        precision = right[kind] / max(1, given[kind])
        recall = right[kind] / max(1, expected[kind])
        scores[kind] = (precision, recall, 2 * precision * recall / max(1e-9, precision + recall))
    return scores


def score_sentences(
    model: BertForTokenClassification,
    tokenizer: PreTrainedTokenizerBase,
    sentences: Sequence[Sequence[Token]],
) -> dict[str, tuple[float, float, float]]:
    """PER, ORG and LOC scores on annotated sentences, words joined by a space."""
    marked = [to_text(sentence) for sentence in sentences]
    found = predict(model, tokenizer, [one.text for one in marked])
    return span_scores([one.spans for one in marked], found, ("PER", "ORG", "LOC"))
