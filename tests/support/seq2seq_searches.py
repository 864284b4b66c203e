"""Ways to search for a text with an encoder-decoder, and their settings."""

from __future__ import annotations

from typing import Any

from transformers import GenerationConfig

MAX_LENGTH = 24
#: Several tokens that end a text, so that lengths vary.
ENDS = [8, 12, 20, 30, 44, 50]

SEARCHES: dict[str, dict[str, Any]] = {
    "greedy": {"ends": ENDS},
    "greedy without repeats": {"ends": ENDS, "no_repeat_ngram_size": 2, "min_length": 6},
    "beams": {"num_beams": 4, "ends": ENDS},
    "first beams": {"num_beams": 4, "early_stopping": True, "length_penalty": 2.0, "ends": ENDS},
    "patient beams": {"num_beams": 3, "early_stopping": "never", "length_penalty": 1.5},
    "impatient beams": {"num_beams": 2, "length_penalty": -0.5, "ends": ENDS[:2]},
    "summary": {
        "num_beams": 4,
        "no_repeat_ngram_size": 3,
        "min_length": 9,
        "length_penalty": 2.0,
        "early_stopping": True,
        "forced_bos_token_id": 3,
        "ends": ENDS,
    },
    "forbidden": {"num_beams": 3, "bad_words_ids": [[7], [9, 11], [20, 21, 22], [8]], "ends": ENDS},
    "penalised": {"num_beams": 2, "repetition_penalty": 1.3, "renormalize_logits": True},
}


def settings_of(model: Any, ends: list[int] | None = None, **search: Any) -> GenerationConfig:
    config = model.config
    eos = [config.eos_token_id, *(ends or [])]
    common = {
        "pad_token_id": config.pad_token_id,
        "decoder_start_token_id": config.decoder_start_token_id,
        "do_sample": False,
        "max_length": MAX_LENGTH,
        "num_beams": 1,
    }
    return GenerationConfig(**common | {"eos_token_id": eos} | search)
