"""How the next tokens are chosen: what greedy and beam search have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import GenerationConfig

from workers.decoding.constraints import Constraints, token_ids
from workers.decoding.scores import Scores
from workers.layers.unsupported import UnsupportedModelError


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """What a checkpoint asks of a search; the names are those of `GenerationConfig`.

    Attributes:
        start: The token that every document starts from.
        eos: Tokens that end a text.
        max_length: Tokens, the start included, at which a text is cut off.
        beams: Rows of a document; 1 is greedy search.
        length_penalty: Power of the length by which a text's log-probability is divided.
        early_stopping: `True`, `False` or "never": when a document's beams end.
        vocabulary: Number of tokens.
    """

    start: int
    eos: tuple[int, ...]
    max_length: int
    beams: int
    length_penalty: float
    early_stopping: bool | str
    vocabulary: int

    @classmethod
    def of(cls, settings: GenerationConfig, vocabulary: int) -> SearchSettings:
        """Read a complete generation configuration.

        Raises:
            UnsupportedModelError: If it names no token to start from.
        """
        start = settings.decoder_start_token_id
        start = settings.bos_token_id if start is None else start
        if not isinstance(start, int):
            raise UnsupportedModelError(f"decoder_start_token_id = {start!r}")
        return cls(
            start,
            token_ids(settings.eos_token_id),
            int(settings.max_length),
            settings.num_beams or 1,
            1.0 if settings.length_penalty is None else settings.length_penalty,
            settings.early_stopping or False,
            vocabulary,
        )


class Search(ABC):
    """The documents of a cohort, all at the same step, and what each has written.

    Args:
        documents: How many.
        settings: Of the checkpoint.
        constraints: On what is written.
        device: Of the model.
    """

    def __init__(
        self,
        documents: int,
        settings: SearchSettings,
        constraints: Constraints,
        device: torch.device,
    ) -> None:
        self._settings, self._constraints = settings, constraints
        self._eos = torch.tensor(settings.eos, dtype=torch.long, device=device)
        self._length = 1

    @property
    @abstractmethod
    def last(self) -> Tensor:
        """What each row wrote last, (rows)."""

    @abstractmethod
    def advance(self, scores: Scores) -> tuple[Tensor | None, list[bool]]:
        """Choose the next token of each row.

        Args:
            scores: Logits of the rows; they are changed.

        Returns:
            Which beam each of the next ones goes on from, (documents, beams), or None if each goes
            on from itself; and for each document whether it is finished.
        """

    @abstractmethod
    def written(self, document: int) -> list[int]:
        """What a finished document has written, without the token that it started from."""

    @abstractmethod
    def keep(self, left: int, holes: Tensor, movers: Tensor) -> None:
        """Let documents go; see `Cache.keep`."""
