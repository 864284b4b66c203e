"""Weights that two parts of a model that writes have in common, as Transformers 4.57.6 had them.

Transformers 5 keeps a stored copy that differs, and does not share an encoder with its decoder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch

_EMBEDDING = ".embed_tokens.weight"


def tie_as_stored(model: Any, said: Mapping[str, Any], missing: Iterable[str]) -> list[str]:
    """Let parts of a model share what they shared in 4.57.6.

    Args:
        model: As it was loaded.
        said: The object in its `config.json`.
        missing: Names of its weights that are not stored.

    Returns:
        The names that still are missing.
    """
    if _is_tied(said, model.config):
        # A copy that is stored as well does not count.
        model.tie_weights()
    given = _of_decoder(model) if getattr(model.config, "tie_encoder_decoder", False) else {}
    shared = getattr(model.base_model, "shared", None)
    lacking = []
    for name in missing:
        weight = given.get(name)
        if weight is None and name.endswith(_EMBEDDING) and shared is not None:
            weight = shared.weight
        if weight is None or weight.shape != model.get_parameter(name).shape:
            lacking.append(name)
            continue
        part, _, own = name.rpartition(".")
        setattr(model.get_submodule(part), own, weight)
    return lacking


def _is_tied(said: Mapping[str, Any], config: Any) -> bool:
    """Whether words go in and come out by one table. T5 is always tied in Transformers 5, which
    leaves it to what is stored; mT5 never was.
    """
    if isinstance(of_texts := said.get("text_config"), dict):
        # One that sees pictures, too, says it of the part that writes.
        said, config = of_texts, config.get_text_config(decoder=True)
    asked = said.get("tie_word_embeddings")
    if asked is None:
        asked = config.model_type != "mt5" and getattr(config, "tie_word_embeddings", False)
    return bool(asked)


def _of_decoder(model: Any) -> dict[str, torch.nn.Parameter]:
    """The weights of a decoder by the names that they have in the encoder."""
    decoder = model.decoder.base_model
    prefix = "" if decoder is model.decoder else f"{model.decoder.base_model_prefix}."
    whole = dict(model.decoder.named_parameters(remove_duplicate=False))
    return {
        f"encoder.{name.removeprefix(prefix)}": weight
        for name, weight in whole.items()
        if name.startswith(prefix)
    }
