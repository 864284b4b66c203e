"""Logits processors: what a checkpoint forbids or forces while it writes, as in `generate`.

The order is that of `GenerationMixin._get_logits_processor`; each rule is that of its class in
`transformers.generation.logits_process`, done in place.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import GenerationConfig

from workers.decoding.search.lengths import SequenceLengths
from workers.errors import UnsupportedModelError
from workers.runtime.transfer import to_device

#: Padding before texts that continue fewer tokens than others beside them.
NOTHING = -1

#: Settings that are not implemented here, with the value that does nothing.
_NOT_DONE = {
    "do_sample": False,
    "guidance_scale": None,
    "sequence_bias": None,
    "encoder_repetition_penalty": 1.0,
    "encoder_no_repeat_ngram_size": 0,
    "exponential_decay_length_penalty": None,
    "suppress_tokens": None,
    "begin_suppress_tokens": None,
    "watermarking_config": None,
    "remove_invalid_values": False,
    "penalty_alpha": None,
    "dola_layers": None,
    "num_return_sequences": 1,
    "num_beam_groups": 1,
    "diversity_penalty": 0.0,
    "constraints": None,
    "force_words_ids": None,
    "prompt_lookup_num_tokens": None,
    "stop_strings": None,
    "max_time": None,
    "token_healing": False,
    "low_memory": None,
}


class LogitsProcessors:
    """Changes the scores of the next token as the settings of a checkpoint say.

    Args:
        settings: The generation settings of the checkpoint, complete.
        device: The device of the scores.

    Attributes:
        eos: Tokens that end a text, (any), int64.

    Raises:
        UnsupportedModelError: If the settings ask for what is not implemented here.
    """

    def __init__(self, settings: GenerationConfig, device: torch.device) -> None:
        for name, nothing in _NOT_DONE.items():
            value = getattr(settings, name, None)
            if value is not None and value != nothing:
                raise UnsupportedModelError(f"{name} = {value!r}")
        eos = token_ids(settings.eos_token_id)
        self._min_length = settings.min_length or 0
        self._min_new_tokens: int | None = settings.min_new_tokens
        self._penalty = settings.repetition_penalty or 1.0
        self._ngram = settings.no_repeat_ngram_size or 0
        forced_bos = token_ids(settings.forced_bos_token_id)
        forced_eos = token_ids(settings.forced_eos_token_id)
        self._forces_one = max(len(forced_bos), len(forced_eos)) <= 1
        self._renormalize = bool(settings.renormalize_logits)
        words = [word for word in settings.bad_words_ids or [] if word not in _each(eos)]
        bad_tokens = [word[0] for word in words if len(word) == 1]

        # A GPU is not to be waited for: what it is told of in every step is there already.
        def there(ids: Sequence[int]) -> Tensor:
            return to_device(torch.tensor(ids, dtype=torch.long), device)

        self.eos, self._bad_tokens = there(eos), there(bad_tokens)
        self._forced_bos, self._forced_eos = there(forced_bos), there(forced_eos)
        self._bad_words = [(there(word[:-1]), word[-1]) for word in words if len(word) > 1]

    @property
    def only_forbid(self) -> bool:
        """Whether the likeliest of the tokens that are left is decided by the model's own scores:
        others are forbidden, or one is forced, but none is made likelier or less so.
        """
        return self._penalty == 1.0 and not self._renormalize and self._forces_one

    def __call__(self, scores: Tensor, tokens: Tensor, extent: SequenceLengths) -> None:
        """Change scores in place.

        Args:
            scores: Logits or log-probabilities of the next token, (rows, vocabulary): of each
                document as many rows as it has beams.
            tokens: The text of each row, the tokens that it continues included, (rows, length);
                `NOTHING` stands before shorter ones.
            extent: The lengths of the documents.
        """
        ends = extent.last if len(self._forced_eos) else []
        begins = extent.single if len(self._forced_bos) else []
        if not (ends and all(ends) or begins and all(begins)):
            self._forbid(scores, tokens, extent)
        for rows in _rows(scores, begins):
            _force(rows, self._forced_bos)
        for rows in _rows(scores, ends):
            _force(rows, self._forced_eos)
        if self._renormalize:
            scores.copy_(scores.log_softmax(-1))

    def _forbid(self, scores: Tensor, tokens: Tensor, extent: SequenceLengths) -> None:
        if self._penalty != 1.0:
            # A token counts once, however often it is there.
            there = torch.where(tokens == NOTHING, tokens[:, -1:], tokens)
            score = scores.gather(1, there)
            score = torch.where(score < 0, score * self._penalty, score / self._penalty)
            scores.scatter_(1, there, score)
        if 0 < self._ngram <= tokens.shape[1]:
            _no_repeat(scores, tokens, self._ngram)
        if len(self._bad_tokens):
            scores.index_fill_(1, self._bad_tokens, -torch.inf)
        for before, last in self._bad_words:
            _no_word(scores, tokens, before, last)
        for rows in _rows(scores, self._too_short(extent)):
            rows.index_fill_(1, self.eos, -torch.inf)

    def _too_short(self, extent: SequenceLengths) -> list[bool]:
        if self._min_new_tokens is not None:
            return [extent.written < self._min_new_tokens] * len(extent.begun)
        return extent.shorter(self._min_length) if self._min_length else []


def token_ids(setting: int | Sequence[int] | None) -> tuple[int, ...]:
    """The ids of a setting, which may be one id, several or none."""
    if setting is None:
        return ()
    return (setting,) if isinstance(setting, int) else tuple(setting)


def _rows(scores: Tensor, selected: Sequence[bool]) -> list[Tensor]:
    """The rows of the selected documents, as views; all in one where all are selected."""
    if not any(selected):
        return []
    if all(selected):
        return [scores]
    documents = scores.view(len(selected), -1, scores.shape[-1])
    return [rows for rows, is_selected in zip(documents, selected, strict=True) if is_selected]


def _each(ids: Sequence[int]) -> list[list[int]]:
    return [[one] for one in ids]


def _force(scores: Tensor, ids: Tensor) -> None:
    scores.fill_(-torch.inf).index_fill_(1, ids, 0.0)


def _no_repeat(scores: Tensor, tokens: Tensor, size: int) -> None:
    """Forbid each token that stood behind an earlier occurrence of the last `size` - 1 tokens."""
    windows = tokens.unfold(1, size, 1)
    last = tokens[:, tokens.shape[1] + 1 - size :]
    behind = windows[..., -1]
    found = (windows[..., :-1] == last[:, None]).all(-1) & (behind != NOTHING)
    # Where nothing was found, 0 is added: how many were is not to be asked of a GPU.
    added = scores.new_zeros(found.shape).masked_fill_(found, -torch.inf)
    scores.scatter_add_(1, behind.clamp(min=0), added)


def _no_word(scores: Tensor, tokens: Tensor, before: Tensor, last: int) -> None:
    """Forbid a word's last token to rows that end in the tokens before it."""
    if len(before) <= tokens.shape[1]:
        rows = (tokens[:, -len(before) :] == before).all(-1)
        scores[:, last].masked_fill_(rows, -torch.inf)
