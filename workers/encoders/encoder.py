"""A warm encoder: a model of the catalog, packed where possible, in the precision that suits it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Hashable
from copy import deepcopy
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from schema.catalog import CatalogEntry, Precision
from schema.settings import settings
from workers.encoders.conversion import pack, release
from workers.encoders.interface import EncoderForward, Row
from workers.encoders.padded import PaddedEncoder
from workers.encoders.precision_trial import CLASSES, TrialInputs, compare
from workers.encoders.sentence_model import SentenceModel
from workers.errors import ModelError, UnsupportedModelError
from workers.layers.linear import DTYPES
from workers.models.loading import LoadedModel, load
from workers.models.precision import PrecisionTrial, resolve
from workers.models.relative_positions import is_relative
from workers.runtime.device_errors import is_out_of_memory
from workers.runtime.tuning_cache import TuningCache

logger = logging.getLogger(__name__)

#: On a GPU: while it computes the batch of one, the other reads its outputs and puts together its
#: next, so that work is always queued.
_LANES = 2
#: Texts by which weights are rounded in int8: some 700 tokens.
_SAMPLE = 24


@dataclass(frozen=True, slots=True)
class Encoder:
    """A loaded model with its head, ready to classify rows.

    Attributes:
        loaded: The model; of a packed one nothing but configuration and head is left.
        forward: The function from rows to logits.
        packs: Whether `forward` computes without padding.
    """

    loaded: LoadedModel
    forward: EncoderForward
    packs: bool

    @property
    def lanes(self) -> int:
        """Forwards that may run at once and gain by it: on a CPU one a core, on a GPU two; one
        where rows are padded.
        """
        if not self.packs:
            return 1
        return torch.get_num_threads() if self.loaded.device.type == "cpu" else _LANES

    @property
    def queues(self) -> bool:
        """Whether a forward returns before it is computed, as on a GPU, so that two are kept
        queued.
        """
        return self.packs and self.loaded.device.type != "cpu"

    @property
    def is_head(self) -> bool:
        """Whether the model is a head on an encoder that others may stand on as well."""
        return self.loaded.encoder is not None

    @property
    def sharing(self) -> Hashable | None:
        """What is equal for heads whose rows may go through their encoder once for all of them: the
        encoder, its precision and device, the tokenizer and the window. None for a model that is no
        head, or that is not packed.
        """
        if not self.packs or self.loaded.encoder is None:
            return None
        tokenizer = self.loaded.tokenizer
        pieces = tokenizer.backend_tokenizer.to_str().encode("utf-8")
        return (
            self.loaded.encoder.sha256,
            self.loaded.provenance.options["precision"],
            str(self.loaded.device),
            hashlib.sha256(pieces).hexdigest(),
            tuple(tokenizer.model_input_names),
            self.loaded.max_length,
        )


def load_encoder(
    entry: CatalogEntry, auto_model_class: Any, device: str, judge: TrialInputs
) -> Encoder:
    """Load the model of a catalog entry, which classifies rows or their tokens.

    Args:
        entry: The model, its revision, its options.
        auto_model_class: The class of Transformers that loads it.
        device: `cpu` or `cuda:0`.
        judge: Inputs of the precision trial, which is made where `precision` is `auto`.

    Raises:
        ModelError: If the model cannot be loaded, or cannot be computed in the precision that the
            catalog asks for.
    """
    loaded = load(entry, auto_model_class, device)
    builder = _Builder(loaded, entry)
    requested = entry.options.precision
    precision = _resolve(builder, judge) if requested == "auto" else requested
    forward = builder(precision)
    if builder.packs:
        release(loaded.model)
    options = loaded.provenance.options | {"precision": precision}
    provenance = replace(loaded.provenance, options=options)
    return Encoder(replace(loaded, provenance=provenance), forward, builder.packs)


@dataclass(frozen=True, slots=True)
class _Row:
    """Any tokens."""

    ids: list[int]
    type_ids: list[int]


class _Builder:
    """Makes the forwards of one model, once for each precision."""

    def __init__(self, loaded: LoadedModel, entry: CatalogEntry) -> None:
        self.loaded = loaded
        self._entry = entry
        named = "token_type_ids" in loaded.tokenizer.model_input_names
        self._takes_types = named and _takes(loaded.model, "token_type_ids")
        self._built: dict[Precision, EncoderForward] = {}
        self.packs = True

    def __call__(self, precision: Precision) -> EncoderForward:
        if precision not in self._built:
            self._built[precision] = self._build(precision)
        return self._built[precision]

    def _build(self, precision: Precision) -> EncoderForward:
        loaded = self.loaded
        if self.packs:
            try:
                shared = loaded.encoder.sha256 if loaded.encoder else None
                sample = self._sample() if precision == "int8" else []
                return pack(loaded.model, precision, self._takes_types, shared, sample)
            except UnsupportedModelError as reason:
                self.packs = False
                logger.info(
                    "%s is computed in padded batches by Transformers: %s", self._name, reason
                )
            except (IndexError, ValueError, RuntimeError) as error:
                if is_out_of_memory(error):
                    raise
                raise ModelError(
                    f"model {self._name!r} cannot be computed as its config.json says "
                    f"({type(error).__name__}): sizes in it do not fit each other or its weights; "
                    "copy the model anew, or name another `model` in the catalog that "
                    "TRIAGE_MODELS names"
                ) from error
        if is_relative(loaded.model):
            raise ModelError(
                f"model {self._name!r} has a position_embedding_type in its config.json that is "
                "computed for encoders alone; name another `model` in the catalog that "
                "TRIAGE_MODELS names"
            )
        if precision == "int8":
            raise ModelError(
                f"model {self._name!r} cannot be computed in int8, which needs the packed path; "
                "ask for another `precision` in the catalog that TRIAGE_MODELS names"
            )
        model = _in(loaded.model, precision)
        padding = loaded.tokenizer.pad_token_id or 0
        padded = PaddedEncoder(model, padding, self._takes_types, loaded.device)
        if precision != "fp32":
            self._try(padded, precision)
        return padded

    def _sample(self) -> list[Row]:
        """Rows by which weights are rounded: the same for all heads, which may share an encoder."""
        tokenizer = self.loaded.tokenizer
        if not tokenizer.is_fast:
            return []
        return CLASSES.rows(tokenizer, self.loaded.max_length)[:_SAMPLE]

    def _try(self, forward: EncoderForward, precision: Precision) -> None:
        """Some models of Transformers mix precisions, and fail at their first row."""
        try:
            forward([_Row([0, 0], [0, 0])])
        except RuntimeError as error:
            raise ModelError(
                f"model {self._name!r} cannot be computed in {precision} by Transformers "
                f"({type(error).__name__}); ask for another `precision` in the catalog that "
                "TRIAGE_MODELS names"
            ) from error

    @property
    def _name(self) -> str:
        return self._entry.model


def _takes(model: PreTrainedModel, name: str) -> bool:
    """Whether a model can be given an input; a tokenizer of another family may have it too."""
    return name in signature(model.forward).parameters


def _in(model: PreTrainedModel, precision: Precision) -> PreTrainedModel:
    dtype = DTYPES[precision]
    if model.dtype == dtype:
        return model
    copy: Any = deepcopy(model)
    converted: PreTrainedModel = copy.to(dtype)
    return converted


def _resolve(builder: _Builder, judge: TrialInputs) -> Precision:
    loaded = builder.loaded
    model = loaded.model
    gives_vectors = model.base_model is model or isinstance(model, SentenceModel)
    if model.config.num_labels == 1 or gives_vectors or not loaded.tokenizer.is_fast:
        return "fp32"  # a score, or a vector, has no label that could stay the same

    def trial() -> PrecisionTrial:
        rows = judge.rows(loaded.tokenizer, loaded.max_length)
        return compare(builder("fp32"), builder("bf16"), rows, judge.labels)

    decisions = TuningCache(settings().home / "precision")
    parameters = _layer_parameters(loaded.model)
    return resolve(loaded.provenance, loaded.device, parameters, trial, decisions)


def _layer_parameters(model: nn.Module) -> int:
    """The number of parameters, without embeddings: to look one up costs nothing."""
    tables = [module for module in model.modules() if isinstance(module, nn.Embedding)]
    everything = sum(weight.numel() for weight in model.parameters())
    return everything - sum(table.weight.numel() for table in tables)
