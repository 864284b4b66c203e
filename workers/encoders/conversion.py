"""Converts a model of Transformers into a packed encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import nn
from transformers import PreTrainedModel

from schema.catalog import Precision
from workers.encoders.families.albert import albert_body
from workers.encoders.families.bert import bert_body, electra_body, ernie_body
from workers.encoders.families.deberta import deberta_body
from workers.encoders.families.distilbert import distilbert_body
from workers.encoders.families.modernbert import modernbert_body
from workers.encoders.families.mpnet import mpnet_body
from workers.encoders.families.roberta import roberta_body
from workers.encoders.heads import head_of
from workers.encoders.interface import Row
from workers.encoders.packed import Body, Head, PackedEncoder
from workers.encoders.shared_bodies import BodyKey, shared_bodies
from workers.errors import UnsupportedModelError
from workers.layers.input_sample import sampled

#: Converters of the encoder body, by `model_type` of the configuration.
_BODIES: dict[str, Callable[[Any, Precision], Body]] = {
    "albert": albert_body,
    "bert": bert_body,
    "camembert": roberta_body,
    "deberta-v2": deberta_body,
    "distilbert": distilbert_body,
    "electra": electra_body,
    "ernie": ernie_body,
    "modernbert": modernbert_body,
    "mpnet": mpnet_body,
    "roberta": roberta_body,
    "xlm-roberta": roberta_body,
}


def pack(
    model: PreTrainedModel,
    precision: Precision,
    takes_types: bool,
    encoder: str | None = None,
    sample: Sequence[Row] = (),
) -> PackedEncoder:
    """Convert a model into one that computes the same over packed rows.

    Args:
        model: The model in eval mode, on its device; it stays as it is, and may share weights with
            the result.
        precision: The precision to compute in.
        takes_types: Whether the tokenizer gives `token_type_ids`.
        encoder: The hash of the encoder's weights, if other heads stand on it too: it is packed
            once for all of them.
        sample: Rows by which weights are rounded in int8; for heads on one encoder the same ones.

    Raises:
        UnsupportedModelError: If the packed path cannot compute what this model does.
    """
    body_of = _BODIES.get(model.config.model_type)
    if body_of is None:
        raise UnsupportedModelError(f"architecture {model.config.model_type!r}")
    if getattr(model, "_hf_peft_config_loaded", False):
        raise UnsupportedModelError("adapters")
    head = head_of(model, precision)
    key = None if encoder is None else BodyKey(encoder, precision, str(model.device))

    def make() -> Body:
        if precision != "int8" or not sample:
            return body_of(model.base_model, precision)
        # Not the model's own head: an encoder is the same for all that stand on it.
        every_token = Head(nn.Identity(), firsts_only=False)
        with sampled():
            body = body_of(model.base_model, precision)
            PackedEncoder(body, every_token, takes_types, model.device)(sample)
        return body

    return PackedEncoder(shared_bodies.get(key, make), head, takes_types, model.device)


def release(model: PreTrainedModel) -> None:
    """Free the layers and embeddings of a model that was packed."""
    setattr(model, model.base_model_prefix, None)
