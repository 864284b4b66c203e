"""Encoders of every architecture that is packed, tiny and random, and Transformers' own forward."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import transformers as hf

from workers.encoders.interface import Floats

VOCABULARY, PADDING, POSITIONS = 120, 1, 48
SIZES: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "pad_token_id": PADDING,
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": POSITIONS,
}
#: RoBERTa counts positions from behind the padding token.
ROBERTA = SIZES | {"max_position_embeddings": POSITIONS + PADDING + 1, "type_vocab_size": 1}
DEBERTA = SIZES | {"relative_attention": True, "pos_att_type": ["p2c", "c2p"]}
V3 = DEBERTA | {
    "position_buckets": 8,
    "share_att_key": True,
    "norm_rel_ebd": "layer_norm",
    "position_biased_input": False,
}
#: Layers that see four tokens to either side, and every third that sees all.
MODERN = SIZES | {"local_attention": 8, "bos_token_id": 2, "eos_token_id": 3, "cls_token_id": 2}
#: Name, the prefix of its classes, its configuration.
CONFIGS: dict[str, tuple[str, hf.PreTrainedConfig]] = {
    "bert": ("Bert", hf.BertConfig(**SIZES)),
    "bert, other activation": ("Bert", hf.BertConfig(**SIZES, hidden_act="gelu_new")),
    # Some kernels of GPUs want sizes of heads to be multiples of 4 or 8.
    "bert, narrow heads": ("Bert", hf.BertConfig(**SIZES | {"hidden_size": 24})),
    "distilbert": (
        "DistilBert",
        hf.DistilBertConfig(
            vocab_size=VOCABULARY,
            pad_token_id=PADDING,
            dim=32,
            n_layers=3,
            n_heads=4,
            hidden_dim=64,
            max_position_embeddings=POSITIONS,
        ),
    ),
    "distilbert, sinusoids": (
        "DistilBert",
        hf.DistilBertConfig(
            vocab_size=VOCABULARY,
            pad_token_id=PADDING,
            dim=32,
            n_layers=1,
            n_heads=2,
            hidden_dim=64,
            max_position_embeddings=POSITIONS,
            sinusoidal_pos_embds=True,
            activation="relu",
        ),
    ),
    "roberta": ("Roberta", hf.RobertaConfig(**ROBERTA)),
    "xlm-roberta": ("XLMRoberta", hf.XLMRobertaConfig(**ROBERTA)),
    "deberta-v2": ("DebertaV2", hf.DebertaV2Config(**DEBERTA, type_vocab_size=2)),
    "deberta-v3": ("DebertaV2", hf.DebertaV2Config(**V3)),
    "deberta, content to position": (
        "DebertaV2",
        hf.DebertaV2Config(**DEBERTA | {"pos_att_type": ["c2p"], "max_relative_positions": 6}),
    ),
    "deberta, position to content": (
        "DebertaV2",
        hf.DebertaV2Config(**V3 | {"pos_att_type": ["p2c"], "share_att_key": False}),
    ),
    "albert": (
        "Albert",
        hf.AlbertConfig(**SIZES | {"embedding_size": 24, "num_hidden_groups": 2}),
    ),
    "bert, ernie": ("Ernie", hf.ErnieConfig(**SIZES, use_task_id=True)),
    "camembert": ("Camembert", hf.CamembertConfig(**ROBERTA)),
    "electra": ("Electra", hf.ElectraConfig(**SIZES | {"embedding_size": 24})),
    "modernbert": ("ModernBert", hf.ModernBertConfig(**MODERN)),
    "modernbert, mean": (
        "ModernBert",
        hf.ModernBertConfig(**MODERN, classifier_pooling="mean", norm_bias=True, mlp_bias=True),
    ),
    "mpnet": ("MPNet", hf.MPNetConfig(**ROBERTA)),
    "deberta, absolute": ("DebertaV2", hf.DebertaV2Config(**SIZES | {"embedding_size": 24})),
}
HEADS = ("SequenceClassification", "TokenClassification", "QuestionAnswering")
#: Mixed, several of one length, one alone, and at the limit of positions.
BATCHES = ([7, 30, 3, 3, 19, POSITIONS, 2, 19], [11, 11, 11, 11], [17], [POSITIONS], [1, 1])


@dataclass(frozen=True)
class Tokens:
    ids: list[int]
    type_ids: list[int]


def model_of(name: str, head: str) -> Any:
    """With weights so large that attention is far from even and logits vary from row to row."""
    prefix, config = CONFIGS[name]
    config.num_labels = 2 if head == "QuestionAnswering" else 5
    torch.manual_seed(20)
    model = getattr(hf, f"{prefix}For{head}")(config).eval()
    draw = torch.Generator().manual_seed(21)
    with torch.no_grad():
        for weight in model.parameters():
            weight += torch.randn(weight.shape, generator=draw) * (0.2 if weight.ndim > 1 else 0.1)
    return model


def rows_of(lengths: list[int], seed: int = 3) -> list[Any]:
    """Some spell out the padding token, as a text may."""
    draw = random.Random(seed)
    rows = []
    for length in lengths:
        ids = [draw.randrange(VOCABULARY) for _ in range(length)]
        if length > 10:
            ids[draw.randrange(length)] = PADDING
        second = draw.randrange(length + 1)
        rows.append(Tokens(ids, [0] * second + [1] * (length - second)))
    return rows


def takes_types(name: str) -> bool:
    return name.startswith(("bert", "deberta-v2"))


def padded(model: Any, rows: list[Any], types: bool) -> list[Any]:
    """Transformers' own forward of all rows together, what belongs to padding left out."""
    longest = max(len(row.ids) for row in rows)
    fill = [longest - len(row.ids) for row in rows]
    pairs = list(zip(rows, fill, strict=True))
    inputs = {
        "input_ids": torch.tensor([row.ids + [PADDING] * rest for row, rest in pairs]),
        "attention_mask": torch.tensor([[1] * len(row.ids) + [0] * rest for row, rest in pairs]),
    }
    if types:
        inputs["token_type_ids"] = torch.tensor([row.type_ids + [0] * rest for row, rest in pairs])
    with torch.inference_mode():
        output = model(**inputs)
    if "logits" not in output:
        logits = torch.stack((output.start_logits, output.end_logits), -1)
    else:
        logits = output.logits
    if logits.ndim == 2:
        return list(logits.numpy())
    return [row[: len(each.ids)].numpy() for row, each in zip(logits, rows, strict=True)]


def together(parts: list[Any]) -> Floats:
    joined: Floats = np.concatenate([np.atleast_2d(part) for part in parts])
    return joined
