"""How a checkpoint writes a reply: by its own settings, and with the likeliest token each time, or
with one that is drawn with a seed.
"""

from __future__ import annotations

from typing import Any

from transformers import GenerationConfig, PreTrainedTokenizerBase

from schema.catalog import EntryOptions
from workers.decoding.search.sampling import SampledConfig, Sampling
from workers.generation.settings import CheckpointSettings

#: What a checkpoint may say of sampling, of beams and of lengths; the catalog says these.
_OURS = {
    "do_sample": False,
    "num_beams": 1,
    "num_return_sequences": 1,
    "temperature": None,
    "top_k": None,
    "top_p": None,
    "min_p": None,
    "typical_p": None,
    "max_length": None,
    "return_dict_in_generate": False,
    "output_scores": False,
}


def reply_settings(
    checkpoint: CheckpointSettings, tokenizer: PreTrainedTokenizerBase, options: EntryOptions
) -> GenerationConfig:
    """The settings to generate with, complete.

    Args:
        checkpoint: What it says itself: tokens that end a text, penalties.
        tokenizer: Says the same where the checkpoint does not.
        options: Of the catalog.
    """
    own: dict[str, Any] = {
        key: value
        for key, value in checkpoint.generation_config.to_dict().items()
        if value is not None and key != "transformers_version"
    }
    settings = own | _OURS | {"max_new_tokens": options.max_new_tokens}
    if settings.get("eos_token_id") in (None, []):
        settings["eos_token_id"] = tokenizer.eos_token_id
    if settings.get("pad_token_id") is None:
        # Nobody reads it: it stands behind texts that have ended.
        ends = settings["eos_token_id"]
        first = ends[0] if isinstance(ends, list) else ends
        settings["pad_token_id"] = (
            first if tokenizer.pad_token_id is None else tokenizer.pad_token_id
        )
    if options.seed is None:
        return GenerationConfig(**settings)  # type: ignore[no-untyped-call]
    drawn = SampledConfig(**settings)  # type: ignore[no-untyped-call]
    drawn.sampling = Sampling(options.seed, options.temperature, options.top_k, options.top_p)
    return drawn
