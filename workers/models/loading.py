"""Loading a model of the catalog with its tokenizer: from safetensors only, never remote code."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.utils import logging as hub_logging
from huggingface_hub.utils.tqdm import disable_progress_bars
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

from schema.catalog import CatalogEntry, Precision
from workers.analysis import Provenance
from workers.errors import ModelError
from workers.layers.vocabulary import tokens_of
from workers.models.adapter import AdapterError
from workers.models.checkpoint import Checkpoint, locate
from workers.models.checkpoint_files import weight_files
from workers.models.configuration import ConfigurationError, check_configuration
from workers.models.precision import check
from workers.models.reading import read_model
from workers.models.shared_encoder import SharedEncoder
from workers.models.stored_weights import LoadingReport, faults
from workers.models.window import window_of
from workers.tokenizers.loading import StoredTokenizer, load_tokenizer
from workers.tokenizers.settings import TokenizerFilesError

#: Padded tokens of a batch, unless the catalog says otherwise. On a CPU larger ones save nothing
#: and pads more: jobs of 64 documents took a third longer with 4096.
_BATCH_TOKENS = {"cpu": 1024, "cuda": 65536}
#: Parameters of a model below which no budget is measured: tests and demos load at once.
_WORTH_MEASURING = 10_000_000
#: Which way of rounding to 8 bits this is: results of one before are not used again.
ROUNDING = 2

#: What a clone without Git LFS has in the place of a large file.
_POINTER = b"version https://git-lfs.github.com/spec/"

_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model in eval mode on its device, and what goes with it.

    Attributes:
        model: In the precision of the catalog, float32 where that is `auto`.
        tokenizer: The fast one where the checkpoint allows one.
        provenance: Name as the catalog has it, exact revision, options in force.
        folder: Of the checkpoint.
        device: Where inputs have to be.
        max_length: Tokens of the window, special tokens included: the least of what the tokenizer,
            the position embeddings and the catalog allow.
        batch_tokens: Padded tokens a batch, from the catalog or by device.
        measurable: Whether a better number is worth looking for: the catalog gives none, the device
            is no CPU, and the model is not tiny.
        encoder: That the model is a head of; None if its checkpoint is whole by itself.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    provenance: Provenance
    folder: Path
    device: torch.device
    max_length: int
    batch_tokens: int
    measurable: bool = False
    encoder: SharedEncoder | None = None


def load(
    entry: CatalogEntry,
    auto_model_class: Any,
    device: str,
    *,
    tokenizer: PreTrainedTokenizerBase | None = None,
    reserve: Callable[[int], None] | None = None,
) -> LoadedModel:
    """Load the model of a catalog entry.

    Args:
        entry: The model, its revision, its options.
        auto_model_class: E.g. `transformers.AutoModelForSequenceClassification`.
        device: `cpu` or `cuda:0`.
        tokenizer: The model's, if it is there already.
        reserve: Called before weights are read, with the bytes of their files.

    Raises:
        ModelError: If it is not there, not of the asked-for kind, or does not fit the device.
    """
    _quiet()
    checkpoint = locate(entry)
    place = torch.device(device)
    check(entry, place)
    try:
        adapter = checkpoint.adapter.folder if checkpoint.adapter else None
        check_configuration(checkpoint.folder, auto_model_class, adapter)
    except ConfigurationError as error:
        raise ModelError(f"model {entry.model!r}: {error}") from None
    if reserve is not None:
        reserve(_stored_bytes(checkpoint))
    model, tokenizer, report = _read(entry, checkpoint, auto_model_class, place, tokenizer)
    _check_complete(entry, checkpoint.folder, model, report)
    _check_vocabulary(entry, model, tokenizer)
    max_length = window_of(entry, model, tokenizer)
    options = _options_in_force(entry, _precision(entry), max_length)
    batch_tokens, measurable = _budget(entry, model, place)
    return LoadedModel(
        model=model,
        tokenizer=tokenizer,
        provenance=Provenance(entry.model, checkpoint.revision, options),
        folder=adapter or checkpoint.folder,
        device=place,
        max_length=max_length,
        batch_tokens=batch_tokens,
        measurable=measurable,
        encoder=checkpoint.encoder,
    )


def _read(
    entry: CatalogEntry,
    checkpoint: Checkpoint,
    auto_model_class: Any,
    device: torch.device,
    tokenizer: PreTrainedTokenizerBase | None,
) -> tuple[Any, PreTrainedTokenizerBase, LoadingReport]:
    """The model on its device, its tokenizer, and what is left over of its weights."""
    precision = _precision(entry)
    _refuse_pointers(entry, checkpoint)
    try:
        # Transformers keeps to itself what it does while it loads, and so is not for two threads.
        with _loading:
            if tokenizer is None:
                tokenizer = load_tokenizer(checkpoint.tokenizer_folder)
            model, report = read_model(checkpoint, auto_model_class, precision)
            return model.to(device), tokenizer, report
    except AdapterError as error:
        raise ModelError(f"model {entry.model!r}: {error}") from error
    except TokenizerFilesError as error:
        raise ModelError(
            f"model {entry.model!r}: its tokenizer cannot be loaded: {error}; copy the model anew, "
            "or name another `model` in the catalog that TRIAGE_MODELS names"
        ) from None
    except Exception as error:
        said = f"{type(error).__name__}: {_first_line(error)}"
        raise ModelError(
            f"model {entry.model!r} ({checkpoint.folder}) cannot be loaded on {device} as "
            f"{auto_model_class.__name__} ({said}); check `model` in the catalog that "
            "TRIAGE_MODELS names, and the device"
        ) from error


def _refuse_pointers(entry: CatalogEntry, checkpoint: Checkpoint) -> None:
    for file in weight_files(checkpoint.folder):
        with file.open("rb") as content:
            if content.read(len(_POINTER)) == _POINTER:
                raise ModelError(
                    f"model {entry.model!r}: {file} is a pointer of Git LFS and not the weights "
                    "themselves; fetch them with `git lfs pull` in its folder, or name another "
                    "`model` in the catalog that TRIAGE_MODELS names"
                )


def _precision(entry: CatalogEntry) -> Precision:
    return "fp32" if entry.options.precision == "auto" else entry.options.precision


def _budget(entry: CatalogEntry, model: PreTrainedModel, device: torch.device) -> tuple[int, bool]:
    """Padded tokens of a batch, and whether a better number is worth looking for."""
    usual = _BATCH_TOKENS.get(device.type, _BATCH_TOKENS["cpu"])
    asked = entry.options.batch_tokens
    # On a CPU measuring takes seconds of each model, and no budget is quicker by more than its
    # noise.
    matters = device.type != "cpu" and model.num_parameters() >= _WORTH_MEASURING
    return asked or usual, asked is None and matters


def _stored_bytes(checkpoint: Checkpoint) -> int:
    files = weight_files(checkpoint.folder)
    if checkpoint.encoder is not None:
        files = [*files, checkpoint.encoder.weights]
    if checkpoint.adapter is not None:
        files = [*files, checkpoint.adapter.weights]
    return sum(file.stat().st_size for file in files)


def _check_complete(entry: CatalogEntry, folder: Path, model: Any, report: LoadingReport) -> None:
    for fault in faults(model, report):
        raise ModelError(
            f"model {entry.model!r} ({folder}) {fault}; name another `model` in the catalog that "
            "TRIAGE_MODELS names"
        )


def _check_vocabulary(entry: CatalogEntry, model: Any, tokenizer: PreTrainedTokenizerBase) -> None:
    """A few added tokens that nobody types may lack; a vocabulary of another model may not. T5's,
    which Transformers builds, has a hundred that no model needs.
    """
    own, known = tokenizer.vocab_size, tokens_of(model)
    if isinstance(tokenizer, StoredTokenizer) and own > known:
        raise ModelError(
            f"model {entry.model!r}: its tokenizer knows {own} tokens and the model {known}, so "
            "they do not belong together; copy the tokenizer that the model was trained with "
            "beside it, or name another `model` in the catalog that TRIAGE_MODELS names"
        )


def _options_in_force(entry: CatalogEntry, precision: Precision, max_length: int) -> dict[str, Any]:
    # The budget is not among them: results do not depend on it, and it varies by device.
    options: dict[str, Any] = {"precision": precision, "max_length": max_length}
    if precision == "int8":
        options["rounding"] = ROUNDING
    return options | entry.options.of_results()


def _first_line(error: Exception) -> str:
    first, *others = str(error).strip().splitlines() or ["no reason given"]
    # What the types of Transformers' configurations say stands behind the colon.
    return f"{first} {others[0].strip()}" if others and first.endswith(":") else first


def _quiet() -> None:
    """Keep progress bars and advice of the libraries off the user's screen."""
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    disable_progress_bars()
    hub_logging.set_verbosity_error()  # type: ignore[no-untyped-call]


__all__ = ["LoadedModel", "ModelError", "load"]
