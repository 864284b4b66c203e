"""Low-rank adapters (LoRA): small matrices learn beside the encoder's, and are merged into them."""

from __future__ import annotations

import copy
from typing import Any

from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn
from transformers import PreTrainedModel

#: Rank of the adapters, what they are multiplied with (alpha over rank), and their dropout.
RANK, ALPHA, DROPOUT = 16, 32, 0.05


def with_adapter(model: PreTrainedModel) -> PeftModel:
    """A model of which adapters of the encoder's linear layers learn, and the head as a whole."""
    prefix = f"{model.base_model_prefix}."
    whole = [
        name
        for name, child in model.named_children()
        if not prefix.startswith(f"{name}.") and any(True for _ in child.parameters())
    ]
    # Many bases have none, so that it is new.
    whole += ["pooler"] if hasattr(model.base_model, "pooler") else []
    linear = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and name.startswith(prefix) and "pooler" not in name
    ]
    config = LoraConfig(
        r=RANK,
        lora_alpha=ALPHA,
        lora_dropout=DROPOUT,
        target_modules=linear,
        modules_to_save=whole,
    )
    found: Any = get_peft_model(model, config)
    return found  # type: ignore[no-any-return]


def merged(model: Any) -> PreTrainedModel:
    """The model that serving loads: adapters are added to the matrices of a copy."""
    if not isinstance(model, PeftModel):
        return model  # type: ignore[no-any-return]
    copied: Any = copy.deepcopy(model)
    return copied.merge_and_unload()  # type: ignore[no-any-return]
