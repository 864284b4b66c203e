"""What a checkpoint forbids or forces while text is written, as `generate` of Transformers has it.

The order is that of `GenerationMixin._get_logits_processor`; each rule is that of its class in
`transformers.generation.logits_process`, done in place.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import GenerationConfig

from workers.layers.unsupported import UnsupportedModelError

#: Settings that are not done here, with the value that does nothing.
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


class Constraints:
    """Changes the scores of the next token.

    Args:
        settings: Of the checkpoint, complete.

    Raises:
        UnsupportedModelError: If the settings ask for what is not done here.
    """

    def __init__(self, settings: GenerationConfig) -> None:
        for name, nothing in _NOT_DONE.items():
            value = getattr(settings, name, None)
            if value is not None and value != nothing:
                raise UnsupportedModelError(f"{name} = {value!r}")
        self.eos = token_ids(settings.eos_token_id)
        self._max_length = int(settings.max_length)
        self._min_length = settings.min_length or 0
        self._min_new_tokens = settings.min_new_tokens or 0
        self._penalty = settings.repetition_penalty or 1.0
        self._ngram = settings.no_repeat_ngram_size or 0
        self._forced_bos = token_ids(settings.forced_bos_token_id)
        self._forced_eos = token_ids(settings.forced_eos_token_id)
        self._renormalize = bool(settings.renormalize_logits)
        words = [word for word in settings.bad_words_ids or [] if word not in _each(self.eos)]
        self._bad_tokens = [word[0] for word in words if len(word) == 1]
        self._bad_words = [word for word in words if len(word) > 1]

    @property
    def only_forbid(self) -> bool:
        """Whether the likeliest of the tokens that are left is decided by the model's own scores:
        others are forbidden, or one is forced, but none is made likelier or less so.
        """
        forced = max(len(self._forced_bos), len(self._forced_eos))
        return self._penalty == 1.0 and not self._renormalize and forced <= 1

    def __call__(self, scores: Tensor, tokens: Tensor) -> None:
        """Change scores in place.

        Args:
            scores: Logits or log-probabilities of the next token, (rows, vocabulary).
            tokens: What each row has written, the token that it started from included, (rows,
                length).
        """
        length = tokens.shape[1]
        if length == self._max_length - 1 and self._forced_eos:
            _force(scores, self._forced_eos)
        elif length == 1 and self._forced_bos:
            _force(scores, self._forced_bos)
        else:
            self._forbid(scores, tokens, length)
        if self._renormalize:
            scores.copy_(scores.log_softmax(-1))

    def _forbid(self, scores: Tensor, tokens: Tensor, length: int) -> None:
        if self._penalty != 1.0:
            score = scores.gather(1, tokens)
            score = torch.where(score < 0, score * self._penalty, score / self._penalty)
            scores.scatter_(1, tokens, score)
        if 0 < self._ngram <= length:
            _no_repeat(scores, tokens, self._ngram)
        if self._bad_tokens:
            scores[:, self._bad_tokens] = -torch.inf
        for word in self._bad_words:
            _no_word(scores, tokens, word)
        if length < self._min_length or length - 1 < self._min_new_tokens:
            scores[:, list(self.eos)] = -torch.inf


def token_ids(setting: int | Sequence[int] | None) -> tuple[int, ...]:
    """One id, several or none, as configurations have it."""
    if setting is None:
        return ()
    return (setting,) if isinstance(setting, int) else tuple(setting)


def _each(ids: Sequence[int]) -> list[list[int]]:
    return [[one] for one in ids]


def _force(scores: Tensor, ids: Sequence[int]) -> None:
    scores.fill_(-torch.inf)
    scores[:, list(ids)] = 0.0


def _no_repeat(scores: Tensor, tokens: Tensor, size: int) -> None:
    """Forbid each token that stood behind an earlier occurrence of the last `size` - 1 tokens."""
    windows = tokens.unfold(1, size, 1)
    last = tokens[:, tokens.shape[1] + 1 - size :]
    rows, places = (windows[..., :-1] == last[:, None]).all(-1).nonzero(as_tuple=True)
    scores[rows, windows[rows, places, -1]] = -torch.inf


def _no_word(scores: Tensor, tokens: Tensor, word: Sequence[int]) -> None:
    """Forbid the last token of a word to rows that end in the tokens before it."""
    before = torch.tensor(word[:-1], device=tokens.device)
    if len(before) <= tokens.shape[1]:
        rows = (tokens[:, -len(before) :] == before).all(-1)
        scores[rows, word[-1]] = -torch.inf
