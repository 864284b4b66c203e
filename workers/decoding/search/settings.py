"""Search settings: what a checkpoint asks of greedy or beam search."""

from __future__ import annotations

from dataclasses import dataclass

from transformers import GenerationConfig

from workers.decoding.architecture.causal import Model
from workers.decoding.architecture.seq2seq import Seq2Seq
from workers.decoding.search.logits_processors import token_ids
from workers.decoding.search.sampling import Sampling, sampling_of
from workers.errors import UnsupportedModelError


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """The settings of a search; most names are those of `GenerationConfig`.

    Attributes:
        start: The token that every document starts from; None where there are prompts.
        eos: Tokens that end a text.
        max_length: Tokens, the start or the prompt included, at which a text is cut off.
        max_new_tokens: Tokens without these at which it is; counts instead of `max_length`.
        positions: Tokens that the model reads at the most; None without a limit.
        beams: Rows of a document; 1 is greedy search.
        length_penalty: Power of the length by which a text's log-probability is divided.
        early_stopping: `True`, `False` or "never": when a document's beams end.
        vocabulary: Number of tokens.
        sampling: How tokens are drawn; None where the likeliest is taken.
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
    sampling: Sampling | None = None

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
            sampling_of(settings),
        )

    def room(self, begun: int) -> int:
        """The number of tokens that may be written after `begun` tokens.

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
