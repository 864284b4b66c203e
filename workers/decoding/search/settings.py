"""How the next tokens are chosen: what greedy and beam search have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import GenerationConfig

from workers.decoding.causal import Model
from workers.decoding.constraints import NOTHING, Constraints, token_ids
from workers.decoding.extent import Extent
from workers.decoding.scores import Scores
from workers.decoding.seq2seq import Seq2Seq
from workers.layers.device import to_device
from workers.layers.unsupported import UnsupportedModelError


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """What a checkpoint asks of a search; the names are those of `GenerationConfig`.

    Attributes:
        start: The token that every document starts from; None where there are prompts.
        eos: Tokens that end a text.
        max_length: Tokens, the start or the prompt included, at which a text is cut off.
        max_new_tokens: Tokens without these at which it is; counts instead of `max_length`.
        positions: Most tokens that the model reads.
        beams: Rows of a document; 1 is greedy search.
        length_penalty: Power of the length by which a text's log-probability is divided.
        early_stopping: `True`, `False` or "never": when a document's beams end.
        vocabulary: Number of tokens.
    """

    start: int | None
    eos: tuple[int, ...]
    max_length: int | None
    max_new_tokens: int | None
    positions: int | None
    beams: int
    length_penalty: float
    early_stopping: bool | str
    vocabulary: int

    @classmethod
    def of(cls, settings: GenerationConfig, model: Model) -> SearchSettings:
        """Read a complete generation configuration.

        Raises:
            UnsupportedModelError: If it names no length, or no token to start from where it takes
                one.
        """
        start = settings.decoder_start_token_id
        start = settings.bos_token_id if start is None else start
        if isinstance(model, Seq2Seq) and not isinstance(start, int):
            raise UnsupportedModelError(f"decoder_start_token_id = {start!r}")
        if settings.max_length is None and settings.max_new_tokens is None:
            raise UnsupportedModelError("max_length = None")
        return cls(
            start,
            token_ids(settings.eos_token_id),
            settings.max_length,
            settings.max_new_tokens,
            model.positions,
            settings.num_beams or 1,
            1.0 if settings.length_penalty is None else settings.length_penalty,
            settings.early_stopping or False,
            model.vocabulary,
        )

    def room(self, begun: int) -> int:
        """How many tokens may be written after so many.

        Raises:
            ValueError: If none may, as `generate` has it.
        """
        most = self.max_new_tokens
        if most is None:
            assert self.max_length is not None
            most = self.max_length - begun
        if self.positions is not None:
            # The last token is written, and not read again.
            most = min(most, self.positions + 1 - begun)
        if most < 1:
            raise ValueError(f"{begun} tokens leave no room for a text")
        return most


#: Which beam each of the next ones goes on from, (documents, beams), or None if each goes on from
#: itself; and for each document whether it is finished, (documents), bool.
Advance = tuple[Tensor | None, Tensor]


class Search(ABC):
    """The documents of a cohort, all at the same step, and what each has written.

    Args:
        begun: Token ids that each document goes on from.
        extent: How many these are, and how many may follow; counts what is written.
        settings: Of the checkpoint.
        constraints: On what is written.
        device: Of the model.
    """

    def __init__(
        self,
        begun: Sequence[Sequence[int]],
        extent: Extent,
        settings: SearchSettings,
        constraints: Constraints,
        device: torch.device,
    ) -> None:
        self._extent, self._settings, self._constraints = extent, settings, constraints
        self._begin = max(extent.begun)
        # All end at one column, so that they go on at one.
        rows = [[NOTHING] * (self._begin - len(each)) + list(each) for each in begun]
        width = self._begin + max(extent.most)
        self._tokens = torch.full((len(rows), width), NOTHING, device=device)
        self._tokens[:, : self._begin] = to_device(torch.tensor(rows), device)

    @property
    def _length(self) -> int:
        """Columns of `_tokens` that are in use."""
        return self._begin + self._extent.written

    @property
    @abstractmethod
    def last(self) -> Tensor:
        """What each row wrote last, (rows)."""

    @property
    @abstractmethod
    def rows(self) -> int:
        """Documents times beams."""

    @classmethod
    @abstractmethod
    def advance(cls, searches: Sequence[Any], scores: Scores) -> list[Advance]:
        """Choose the next token of each row of several searches. A GPU is told, and not waited for.

        Args:
            searches: Of this class.
            scores: Logits of their rows, one search's behind the other's; they are changed.
        """

    @abstractmethod
    def written(self, documents: Tensor) -> list[list[int]]:
        """What each of some finished documents has written, without what it went on from.

        Args:
            documents: Their places, (any), int64.
        """

    @abstractmethod
    def keep(self, left: int, holes: Tensor, movers: Tensor) -> None:
        """Let documents go; see `Cache.keep`."""
