"""Reading a checkpoint: as Transformers does, as a head on an encoder, or with an adapter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from transformers.initialization import no_init_weights

from schema.catalog import Precision
from workers.layers.linear import DTYPES
from workers.models.adapter import name_labels
from workers.models.adapter_merging import merge
from workers.models.checkpoint import Checkpoint
from workers.models.configuration import read_configuration
from workers.models.merged_weights import merged_weights
from workers.models.relative_positions import add_distances
from workers.models.shared_encoder import SharedEncoder
from workers.models.stored_configuration import stored_configuration
from workers.models.stored_weights import LoadingReport
from workers.models.tied_weights import tie_as_stored


def read_model(
    checkpoint: Checkpoint, auto_model_class: Any, precision: Precision
) -> tuple[Any, LoadingReport]:
    """The model of a checkpoint in eval mode, on the CPU, and what is left over of its weights.

    Args:
        checkpoint: Where it lies, with the encoder or the adapter that belongs to it.
        auto_model_class: Of Transformers.
        precision: Of its weights.
    """
    if checkpoint.encoder is not None:
        return _read_head(checkpoint.folder, checkpoint.encoder, auto_model_class, precision)
    adapter = checkpoint.adapter
    config = stored_configuration(checkpoint.folder)
    if adapter is not None:
        name_labels(config, adapter)
    model, info = auto_model_class.from_pretrained(
        checkpoint.folder,
        config=config,
        # What is added to a weight is lost where it is rounded first.
        dtype=torch.float32 if adapter else DTYPES[precision],
        use_safetensors=True,
        trust_remote_code=False,
        local_files_only=True,
        output_loading_info=True,
        # Said in words that name the weight and its shapes.
        ignore_mismatched_sizes=True,
    )
    report = LoadingReport.of(info)
    lacking = add_distances(model, checkpoint.folder)
    if model.can_generate():
        said = read_configuration(checkpoint.folder)
        report = replace(report, missing=tuple(tie_as_stored(model, said, report.missing)))
    report = replace(report, missing=(*report.missing, *lacking))
    if adapter is not None:
        model, report = merge(model, report, adapter)
    return model.to(DTYPES[precision]).eval(), report


def _read_head(
    folder: Path, encoder: SharedEncoder, auto_model_class: Any, precision: Precision
) -> tuple[Any, LoadingReport]:
    """The same of a head, whose weights are in two files that Transformers does not know of."""
    config = stored_configuration(folder)
    # Random numbers would take longer than reading the weights, which come in their place.
    with no_init_weights():
        model = auto_model_class.from_config(config, dtype=torch.float32, trust_remote_code=False)
    weights = merged_weights(folder, encoder, model.base_model_prefix)
    missing = model.load_state_dict(weights, strict=False).missing_keys
    # What the class has read from files of its own is there.
    own: tuple[str, ...] = getattr(auto_model_class, "read_by_itself", ())
    absent = [name for name in missing if not name.startswith(own)]
    for name in absent:
        # Whatever the memory held before is no number to rely on, nor to judge the model by.
        model.state_dict()[name].zero_()
    return model.to(DTYPES[precision]).eval(), LoadingReport(tuple(sorted(absent)))
