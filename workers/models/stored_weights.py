"""Whether the weights of a checkpoint are those of the model that was made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

#: Weights that a model does not use, and that change nothing: they stand in no layer of it.
_IN_A_LAYER = re.compile(r"(^|\.)(layers?|blocks?|h|albert_layers|groups)\.\d+\.")
#: What older versions stored of a layer that is worked out anew.
_WORKED_OUT = re.compile(
    r"(position_ids|inv_freq|masked_bias|attn\.bias|attention\.bias|relative_position_index"
    r"|rotary_emb\.\w+)$"
)
_ADAPTERS = re.compile(
    r"(^|\.)(lora_\w+|adapters?|ia3_\w+|prefix_tuning|prompt_encoder|\w+_prompt)(\.|$)"
)
_DISTANCES = ".attention.self.distance_embedding.weight"


@dataclass(frozen=True, slots=True)
class LoadingReport:
    """What a loading left over, by names of weights.

    Attributes:
        missing: Weights of the model that are not stored.
        unexpected: Stored weights that the model has not.
        mismatched: Those of another shape, (stored, of the model).
    """

    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    mismatched: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, info: Mapping[str, Any]) -> LoadingReport:
        """The report that Transformers gives."""
        shapes = {name: (stored, own) for name, stored, own in info.get("mismatched_keys") or ()}
        missing = sorted(set(info["missing_keys"]) - shapes.keys())
        return cls(tuple(missing), tuple(sorted(info.get("unexpected_keys") or ())), shapes)


def faults(model: Any, report: LoadingReport) -> Iterator[str]:
    """What is wrong with the weights, each as a clause that follows the model's name."""
    kind = type(model).__name__
    for name, (stored, own) in report.mismatched.items():
        yield (
            f"has a weight {name} of shape {tuple(stored)}, where its config.json asks for "
            f"{tuple(own)}: the labels (num_labels, id2label) or sizes in config.json are not "
            "those of its weights"
        )
    missing = [name for name in report.missing if not _is_made(model, name)]
    if model.base_model is model:
        # Of a model without a head the hidden states are taken, not what pools them.
        missing = [name for name in missing if not name.startswith("pooler.")]
    if missing and (prefix := _prefix(missing, report.unexpected)):
        yield (
            f"has weights whose names begin with {prefix!r}, as of a model that another one holds: "
            "load it there, and save the model itself with save_pretrained"
        )
    if missing:
        yield (
            f"lacks {len(missing)} weights of a {kind}, {missing[0]} among them: it was not "
            "trained for this analysis"
        )
    if dropped := [name for name in report.unexpected if _counts(model, name)]:
        yield (
            f"has {len(dropped)} weights that a {kind} does not use, {dropped[0]} among them: its "
            "answers would not be those of the model that was trained"
        )
    for name, parameter in model.named_parameters():
        if not bool(torch.isfinite(parameter).all()):
            yield (
                f"has a weight {name} with values that are not a number (NaN) or infinite: the "
                "file is damaged, or its training failed"
            )


def _prefix(missing: Sequence[str], unexpected: Sequence[str]) -> str | None:
    """What stands before the name of each weight that a model lacks, if that is all."""
    name = missing[0]
    found = {one.removesuffix(name) for one in unexpected if one.endswith(f".{name}")}
    stored = set(unexpected)
    return next((one for one in found if all(one + name in stored for name in missing)), None)


def _is_made(model: Any, name: str) -> bool:
    """Whether a weight is worked out when the model is made: sines of positions."""
    try:
        module: nn.Module = model.get_submodule(name.rpartition(".")[0])
    except AttributeError:
        return False
    return "Sinusoidal" in type(module).__name__


def _counts(model: Any, name: str) -> bool:
    """Whether leaving out a stored weight changes what the model says."""
    if _ADAPTERS.search(name):
        return True
    if name.endswith(_DISTANCES):
        return False  # read by `relative_positions`
    # A head of a layer's kind, as the decoder that a model was trained beside, is not of its body.
    prefix = model.base_model_prefix
    is_own = name.startswith(f"{prefix}.") or not hasattr(model, prefix)
    return is_own and bool(_IN_A_LAYER.search(name)) and not _WORKED_OUT.search(name)
