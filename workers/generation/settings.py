"""How a checkpoint wants its text generated, read as the pipelines of Transformers 4.57.6 did.

Their `summarization` and `translation` pipelines mixed settings from four places in an order of
their own (`Pipeline.__init__`, then `GenerationMixin._prepare_generation_config`). Transformers 5
mixes otherwise, so the outcome is worked out here and handed to `generate` complete.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import GenerationConfig, PreTrainedTokenizerBase

#: What these pipelines set themselves, and against the checkpoint's own word: a `num_beams` counts
#: in its `task_specific_params` only, and a `max_length` does away with `max_new_tokens`.
PIPELINE_SETTINGS = {"max_new_tokens": 256, "num_beams": 4}

#: Value of each setting that nobody sets; unlisted ones are None (`GenerationConfig` of 4.57.6).
_UNSET = {
    "max_length": 20,
    "min_length": 0,
    "early_stopping": False,
    "do_sample": False,
    "num_beams": 1,
    "use_cache": True,
    "temperature": 1.0,
    "top_k": 50,
    "top_p": 1.0,
    "typical_p": 1.0,
    "epsilon_cutoff": 0.0,
    "eta_cutoff": 0.0,
    "repetition_penalty": 1.0,
    "encoder_repetition_penalty": 1.0,
    "length_penalty": 1.0,
    "no_repeat_ngram_size": 0,
    "encoder_no_repeat_ngram_size": 0,
    "renormalize_logits": False,
    "remove_invalid_values": False,
    "num_return_sequences": 1,
    "diversity_penalty": 0.0,
    "num_beam_groups": 1,
}
_FORCED_BOS_OF_2020 = "force_bos_token_to_be_generated"

#: Settings that are the numbers of tokens.
_TOKENS = ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id")

#: Configurations saved by this version or a newer one were consulted once more by `generate`.
_CONSULTED_AGAIN = (4, 50)


@dataclass(frozen=True, slots=True)
class CheckpointSettings:
    """What a checkpoint says of how to generate, without its weights; as `PreTrainedModel` has it.

    Attributes:
        config: Of the model.
        generation_config: As Transformers has read it.
        name_or_path: The folder of the checkpoint.
    """

    config: Any
    generation_config: Any
    name_or_path: str

    @classmethod
    def of(cls, model: Any) -> CheckpointSettings:
        """Those of a model of Transformers."""
        return cls(model.config, model.generation_config, str(model.name_or_path))

    def unreadable(self) -> str | None:
        """The name of a setting that should be a token, or several, by number and is not; None if
        all are.
        """
        for name in _TOKENS:
            value = getattr(self.generation_config, name, None)
            each = value if isinstance(value, list) else [value]
            if not all(one is None or type(one) is int for one in each):
                return name
        return None


def generation_settings(
    model: CheckpointSettings, tokenizer: PreTrainedTokenizerBase, task: str
) -> tuple[GenerationConfig, str]:
    """The settings that the pipeline of a task generated with, and the prefix of its inputs.

    Args:
        model: What a sequence-to-sequence model says, as loaded from its folder.
        tokenizer: Its tokenizer.
        task: Key into the checkpoint's `task_specific_params`, e.g. `translation_en_to_de`.
    """
    own, saved_by = _own_settings(model)
    settings: dict[str, Any] = _UNSET | PIPELINE_SETTINGS
    _fill(settings, own)
    if settings["max_new_tokens"] == PIPELINE_SETTINGS["max_new_tokens"]:
        told = settings["max_length"] not in (None, _UNSET["max_length"])
        settings["max_new_tokens"] = None if told else settings["max_new_tokens"]
    prefix = getattr(model.config, "prefix", None) or ""
    for_task = dict((getattr(model.config, "task_specific_params", None) or {}).get(task) or {})
    prefix = for_task.pop("prefix", prefix)
    known = vars(model.generation_config)
    settings |= {key: value for key, value in for_task.items() if key in known}
    if settings.get("pad_token_id") is None:
        settings["pad_token_id"] = tokenizer.pad_token_id
    if saved_by >= _CONSULTED_AGAIN:
        _fill(settings, own)
    said = ("max_position_embeddings", "max_decoder_position_embeddings")
    positions = next((n for name in said if (n := getattr(model.config, name, None))), None)
    settings["max_length"] = _max_length(settings, positions)
    # One text a document, whatever the checkpoint says: the likeliest, which came first.
    settings |= {"max_new_tokens": None, "num_return_sequences": 1}
    settings |= {"return_dict_in_generate": False, "output_scores": False}
    return GenerationConfig(**settings), prefix or ""  # type: ignore[no-untyped-call]


def _own_settings(model: CheckpointSettings) -> tuple[dict[str, Any], tuple[int, ...]]:
    """What the checkpoint says, and major and minor version of the Transformers that saved it, or
    passed for that.
    """
    config = model.generation_config
    own = {key: value for key, value in vars(config).items() if not key.startswith("_")}
    saved_by = own.pop("transformers_version", None)
    if not Path(model.name_or_path, "generation_config.json").is_file():
        # Old checkpoints: made of config.json with the defaults of its class, by 4.57.6 itself.
        for key, value in own.items():
            own[key] = getattr(model.config, key, None) if value is None else value
        if own["forced_bos_token_id"] is None and getattr(model.config, _FORCED_BOS_OF_2020, False):
            own["forced_bos_token_id"] = own["bos_token_id"]
        saved_by = None
    said = {key: value for key, value in own.items() if value is not None}
    numbers = re.findall(r"\d+", saved_by or "")[:2]
    return said, tuple(map(int, numbers)) or _CONSULTED_AGAIN


def _fill(settings: dict[str, Any], own: dict[str, Any]) -> None:
    """Take the checkpoint's word on everything that nobody has set."""
    for key, value in own.items():
        if settings.get(key) == _UNSET.get(key):
            settings[key] = value


def _max_length(settings: dict[str, Any], positions: int | None) -> int:
    """The most tokens of an output, the one that it starts from included."""
    if settings["max_new_tokens"] is not None:
        length = settings["max_new_tokens"] + 1
    elif settings["max_length"] == _UNSET["max_length"]:
        length = settings["max_length"] + 1
    else:
        length = settings["max_length"]
    # Beyond its positions the model has nothing to say: there the pipeline ended in an error. The
    # last token is written, and not read again.
    return min(length, positions + 1) if positions else int(length)
