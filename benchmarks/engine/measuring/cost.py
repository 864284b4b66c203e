"""What documents cost a model: tokens in, tokens out, operations, whoever computes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.engine.measuring import flops
from benchmarks.engine.synthetic.shapes import Shape
from benchmarks.engine.workload import Said, Work, Written
from schema.document import Document
from schema.options import DEFAULT_QUESTION
from workers.spans.passages import MAX_OVERLAP, MAX_WINDOW


@dataclass(frozen=True, slots=True)
class Cost:
    """Of some documents together.

    Attributes:
        tokens: Read by an encoder; written, where there is a decoder.
        operations: Multiplications and additions, without padding.
    """

    tokens: int
    operations: float


class Costs:
    """Of each document.

    Args:
        work: What is done with them.
        shape: Of the model.
        tokenizer: Of the model.
        documents: All of them.
        reference: What Transformers says: as long as its texts are, as many steps are needed.
    """

    def __init__(
        self,
        work: Work,
        shape: Shape,
        tokenizer: Any,
        documents: Sequence[Document],
        reference: Mapping[int | str, Said],
    ) -> None:
        question = len(tokenizer(DEFAULT_QUESTION, add_special_tokens=False)["input_ids"])
        self._of: dict[int | str, Cost] = {}
        #: Documents that fit the model's window: others, Transformers cuts off.
        self.fitting: set[int | str] = set()
        for document in documents:
            tokens = len(tokenizer(document.text, truncation=False)["input_ids"])
            said = reference[document.id]
            if work.analysis == "qa":
                rows = _windows(tokens + question + 1, question)
            else:
                rows = _windows(tokens, 0, shape.window, 0)
                if len(rows) == 1:
                    self.fitting.add(document.id)
            operations = sum(flops.encoder(shape, row) for row in rows)
            read = sum(rows)
            if work.beams and isinstance(said, Written):
                # A longer document has its texts written one after the other.
                steps = round(said.tokens * read / rows[0])
                operations += (
                    flops.decoder(shape, read, steps, work.beams)
                    if shape.layers
                    else flops.causal(shape, read, steps)
                )
                read = steps
            self._of[document.id] = Cost(read, operations)
        if work.analysis == "qa":
            self.fitting = set(self._of)

    def of(self, documents: Sequence[Document]) -> Cost:
        """Of some of them."""
        each = [self._of[document.id] for document in documents]
        return Cost(sum(cost.tokens for cost in each), sum(cost.operations for cost in each))


def _windows(
    tokens: int, question: int, window: int = MAX_WINDOW, overlap: int = MAX_OVERLAP
) -> list[int]:
    """Tokens of each of the windows that a text is read in, what they have in common included."""
    if tokens <= window:
        return [tokens]
    around = question + 3 if question else 2
    step = window - around - (overlap if question else 0)
    rows, left = [], tokens - around
    while left > 0:
        rows.append(min(window, left + around))
        if left + around <= window:
            break
        left -= step
    return rows
