"""The model of a base, with the head of a task: the base's own where it has the same labels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor
from transformers import AutoConfig, PreTrainedModel, PreTrainedTokenizerBase

from workers.errors import ModelError
from workers.models.checkpoint import Checkpoint
from workers.models.checkpoint_files import weight_files
from workers.models.merged_weights import merged_weights, stored_weights
from workers.models.window import window_of
from workers.tokenizers.loading import load_tokenizer
from workers.train.base import Base
from workers.train.request import Recipe
from workers.train.tasks.task import Task

#: Tokens of a text that a model learns from, unless somebody wants more: attention costs their
#: square, and what customers say stands at the beginning.
USUAL_LENGTH = 256


def load_base(base: Base, task: Task) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a base for a task, in float32 on the CPU; new weights are drawn by torch's seed.

    Raises:
        ModelError: If it cannot be loaded.
    """
    checkpoint = base.checkpoint
    try:
        config = AutoConfig.from_pretrained(
            checkpoint.folder, trust_remote_code=False, local_files_only=True
        )
        keeps_head = bool(task.labels) and own_labels(config) == list(task.labels)
        if task.labels:
            config.id2label = dict(enumerate(task.labels))
            config.label2id = {label: number for number, label in enumerate(task.labels)}
        # What an earlier task said of the losses of its head.
        config.problem_type = task.problem
        model = _with_weights(checkpoint, task.auto_model_class, config, keeps_head)
        return model, load_tokenizer(checkpoint.tokenizer_folder)
    except ModelError:
        raise
    except Exception as error:
        reason = (str(error).strip().splitlines() or ["no reason given"])[0]
        raise ModelError(
            f"--base {base.name}: it cannot be loaded ({type(error).__name__}: {reason}); name "
            "another base"
        ) from error


def own_labels(config: Any) -> list[str]:
    """The labels that a configuration names, in the order of the outputs."""
    return [str(config.id2label[number]) for number in sorted(config.id2label)]


def length_of(
    base: Base, recipe: Recipe, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> int:
    """Tokens of a text that the model learns from, special ones included."""
    window = window_of(base.entry, model, tokenizer)
    return min(window, recipe.max_length or USUAL_LENGTH)


def _with_weights(
    checkpoint: Checkpoint, auto_model_class: Any, config: Any, keeps_head: bool
) -> PreTrainedModel:
    model: PreTrainedModel = auto_model_class.from_config(
        config, dtype=torch.float32, trust_remote_code=False
    )
    if checkpoint.encoder is not None or _has_bytes(checkpoint.folder):
        _take(model, _stored(checkpoint, model.base_model_prefix), keeps_head)
        return model
    loaded = auto_model_class.from_pretrained(
        checkpoint.folder,
        config=config,
        dtype=torch.float32,
        use_safetensors=True,
        trust_remote_code=False,
        local_files_only=True,
        ignore_mismatched_sizes=True,
    )
    if keeps_head:
        return loaded  # type: ignore[no-any-return]
    # The labels are others, though there may be as many: the head begins anew.
    model.base_model.load_state_dict(loaded.base_model.state_dict())
    return model


def _has_bytes(folder: Path) -> bool:
    """Whether weights are stored in int8, as those that ship with the project."""
    names: list[str] = []
    for file in weight_files(folder):
        with safe_open(file, "pt") as stored:
            names += stored.keys()
    return any(name.endswith(".weight.scale") for name in names)


def _stored(checkpoint: Checkpoint, prefix: str) -> Mapping[str, Tensor]:
    if checkpoint.encoder is not None:
        return merged_weights(checkpoint.folder, checkpoint.encoder, prefix)
    return {
        f"{prefix}.{name}": weight
        for file in weight_files(checkpoint.folder)
        for name, weight in stored_weights(file)
    }


def _take(model: PreTrainedModel, weights: Mapping[str, Tensor], keeps_head: bool) -> None:
    """Take what belongs to the encoder, and the head's if it is kept."""
    prefix, own = f"{model.base_model_prefix}.", model.state_dict()
    taken = {
        name: weight
        for name, weight in weights.items()
        if name in own and (keeps_head or name.startswith(prefix))
    }
    model.load_state_dict(taken, strict=False)
