"""Question answering in padded batches, as the pipeline of Transformers 4.57.6 did it: 5 has none.

Each document is tokenised by itself, cut into overlapping windows, and padded with what came beside
it. The reading of the logits is that of `workers.spans.answer_spans`, held to the pipeline's
recorded answers: so what is compared is the batching and the arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from benchmarks.engine.workload import Said
from schema.document import Document
from schema.options import DEFAULT_QUESTION
from workers.spans.answer_spans import best_span
from workers.spans.passages import MAX_OVERLAP, MAX_WINDOW


@torch.inference_mode()
def answer_padded(
    model: Any, tokenizer: Any, documents: Sequence[Document], size: int
) -> list[Said]:
    """Answer the default question.

    Args:
        model: For question answering.
        tokenizer: Its own.
        documents: To be asked.
        size: Windows in a batch.

    Returns:
        For each document the (start, end) of its answer, in characters.
    """
    rows: list[tuple[int, Any]] = []
    for place, document in enumerate(documents):
        rows += ((place, encoding) for encoding in windows(tokenizer, document.text))
    read: list[tuple[int, Any, Any]] = []
    for first in range(0, len(rows), size):
        batch = rows[first : first + size]
        logits = _logits(model, [encoding for _, encoding in batch])
        for (place, encoding), row in zip(batch, logits, strict=True):
            read.append((place, encoding, row[:, : len(encoding)]))
    return said_of(documents, read, tokenizer.cls_token_id)


def said_of(
    documents: Sequence[Document], read: Sequence[tuple[int, Any, Any]], cls: int | None
) -> list[Said]:
    """The (start, end) of each document's answer.

    Args:
        documents: That were asked.
        read: Windows as (place of the document, encoding, logits of start and end).
        cls: Id of the token that stands for no answer.
    """
    passages: list[list[tuple[Any, Any]]] = [[] for _ in documents]
    for place, encoding, logits in read:
        passages[place].append((encoding, logits.T))
    spans = (
        best_span(document.text, each, cls)
        for document, each in zip(documents, passages, strict=True)
    )
    return [(start, end) for start, end, _ in spans]


def windows(tokenizer: Any, text: str) -> Any:
    """The encodings of a text's windows, with the question before each."""
    return tokenizer(
        [DEFAULT_QUESTION],
        [text],
        truncation="only_second",
        max_length=min(MAX_WINDOW, tokenizer.model_max_length),
        stride=MAX_OVERLAP,
        return_overflowing_tokens=True,
    ).encodings


def _logits(model: Any, encodings: Sequence[Any]) -> Any:
    """(rows, 2, longest) as an array."""
    longest = max(map(len, encodings))
    ids = torch.full((len(encodings), longest), model.config.pad_token_id or 0)
    mask = torch.zeros_like(ids)
    for row, encoding in enumerate(encodings):
        ids[row, : len(encoding)] = torch.tensor(encoding.ids)
        mask[row, : len(encoding)] = 1
    output = model(input_ids=ids.to(model.device), attention_mask=mask.to(model.device))
    return torch.stack((output.start_logits, output.end_logits), dim=1).cpu().numpy()
