"""Merging an adapter into the weights of its model, by PEFT."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from safetensors import safe_open

from workers.models.adapter import CONFIG, Adapter, AdapterError
from workers.models.stored_weights import LoadingReport

#: What PEFT writes before the names of weights.
_PREFIX = "base_model.model."


def merge(model: Any, report: LoadingReport, adapter: Adapter) -> tuple[Any, LoadingReport]:
    """The model with its adapter in its weights, as `merge_and_unload` of PEFT makes it.

    Args:
        model: In float32, on the CPU; it is changed.
        report: Of its loading: weights that are missing may come with the adapter.
        adapter: That belongs to it.

    Raises:
        AdapterError: If it does not fit the model.
    """
    try:
        from peft import PeftModel
        from peft.utils import get_peft_model_state_dict
    except ImportError:
        raise AdapterError(
            "its adapter needs peft, which is not installed: pip install '.[adapters]' in the "
            "project's folder"
        ) from None
    with safe_open(adapter.weights, framework="pt") as file:
        stored = set(file.keys())
    try:
        wrapped = PeftModel.from_pretrained(model, str(adapter.folder), torch_device="cpu")
        placed = set(get_peft_model_state_dict(wrapped, save_embedding_layers=False))
        merged = wrapped.merge_and_unload(safe_merge=True)
    except (ValueError, RuntimeError, KeyError, AttributeError, TypeError) as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()
        raise AdapterError(
            f"its adapter {adapter.folder} does not fit it ({said}); name the model that it was "
            f"trained on, and, where its head has other labels, save the {CONFIG} of that "
            "training beside it"
        ) from error
    if lost := sorted(stored ^ placed):
        raise AdapterError(
            f"its adapter {adapter.folder} does not fit it: {lost[0]} has no place in the model, "
            "or is not in the adapter; name the model that it was trained on"
        )
    brought = {name.removeprefix(_PREFIX) for name in stored}
    missing = tuple(name for name in report.missing if name not in brought)
    mismatched = {name: one for name, one in report.mismatched.items() if name not in brought}
    return merged.eval(), replace(report, missing=missing, mismatched=mismatched)
