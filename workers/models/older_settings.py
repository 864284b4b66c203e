"""Settings of `config.json` that Transformers 5 reads otherwise than 4.57.6 did, said in such a way
that both mean the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from transformers import CONFIG_MAPPING

_SCALING = "rope_scaling"
#: Tokens that a model was trained with before its positions were stretched.
_UNSTRETCHED = "original_max_position_embeddings"
_LONGROPE = "longrope"
#: What Phi-3 called it.
_LONGROPE_OF_PHI = ("su", "yarn")


def as_read_before(said: Mapping[str, Any]) -> dict[str, Any]:
    """The object in `config.json` as Transformers 5 has to be told it.

    Args:
        said: As it stands; its `model_type` is known.
    """
    told = dict(said)
    if change := _CHANGES.get(told["model_type"]):
        change(told)
    if isinstance(told.get(_SCALING), dict):
        told[_SCALING] = dict(told[_SCALING])
        _stretch(told, told[_SCALING])
    return told


def _stretch(told: dict[str, Any], scaling: dict[str, Any]) -> None:
    """LongRoPE: the length before stretching stood beside `rope_scaling`, and made the factor; one
    within it did not count.
    """
    if scaling.get("rope_type", scaling.get("type")) != _LONGROPE:
        return
    default: Any = CONFIG_MAPPING[told["model_type"]]
    before = told.get(_UNSTRETCHED, getattr(default, _UNSTRETCHED, None))
    if before:
        scaling.pop("factor", None)
        scaling[_UNSTRETCHED] = before
    else:
        positions = getattr(default, "max_position_embeddings", None)
        scaling[_UNSTRETCHED] = told.get("max_position_embeddings", positions)


def _phi3(told: dict[str, Any]) -> None:
    scaling = told.get(_SCALING)
    if isinstance(scaling, dict):
        kind = scaling.get("rope_type", scaling.get("type"))
        if kind in _LONGROPE_OF_PHI:
            told[_SCALING] = scaling | {"type": _LONGROPE, "rope_type": _LONGROPE}


def _olmo3(told: dict[str, Any]) -> None:
    """Layers with a window have the base of the others, and are not stretched."""
    if told.get("rope_theta") is not None and not told.get("rope_parameters"):
        plain = {"rope_type": "default", "rope_theta": told["rope_theta"]}
        told["rope_parameters"] = {"sliding_attention": plain, "full_attention": dict(plain)}


def _gpt_oss(told: dict[str, Any]) -> None:
    if _SCALING in told and told[_SCALING] is None:
        told[_SCALING] = {"rope_type": "default"}


def _modernbert_decoder(told: dict[str, Any]) -> None:
    """The window was always made of `local_attention`, and all layers had one base."""
    told.pop("sliding_window", None)
    told["local_rope_theta"] = told.get("global_rope_theta", told.get("rope_theta", 160_000.0))
    told["global_rope_theta"] = told["local_rope_theta"]


_CHANGES: Mapping[str, Callable[[dict[str, Any]], None]] = MappingProxyType(
    {
        "gpt_oss": _gpt_oss,
        "modernbert-decoder": _modernbert_decoder,
        "olmo3": _olmo3,
        "phi3": _phi3,
    }
)
